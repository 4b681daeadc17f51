import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

interface Compose {
  readonly services: Record<string, { image: string; ports: string[] }>;
}

test("compose.yaml publishes on loopback what its variables name, and the tests ask for these variables", () => {
  const text = read("compose.yaml");
  const { services } = parse(text) as Compose;
  const named = [...text.matchAll(/export SLUICE_TEST_(\w+)_URL=\S*?(127\.0\.0\.1:\d+)/g)];
  expect(named.map(([, name]) => name.toLowerCase())).toEqual(Object.keys(services));
  for (const [, name, address] of named) {
    const [published, ...more] = services[name.toLowerCase()].ports;
    expect(more).toEqual([]);
    expect(published).toMatch(new RegExp(`^${address}:\\d+$`));
    expect(read(`test/services/${name.toLowerCase()}.ts`)).toContain(`"SLUICE_TEST_${name}_URL"`);
  }
});
