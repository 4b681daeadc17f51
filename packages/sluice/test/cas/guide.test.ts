import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readLimits, type Store } from "sluice";
import { expect, test } from "vitest";

const root = new URL("../../../../", import.meta.url);
const page = readFileSync(new URL("docs/cas.md", root), "utf8");
const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);

test("the guide shows the Memcached store of the examples, as it is", () => {
  const example = readFileSync(new URL("examples/memcachedStore.ts", root), "utf8");
  expect(blocks[1]).toBe(example);
  expect(example.split("\n").length).toBeLessThan(80);
});

test("the first store of the guide works as it stands there", async () => {
  const file = new URL("node_modules/.cache/sluice-guide/first.ts", root);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, blocks[0]);
  const { store } = (await import(/* @vite-ignore */ file.pathname)) as { store: Store };
  const plan = { namespace: "test", limits: readLimits("test", "10/h"), block: { scope: "", duration: 0 } };
  for (const pool of ["a", "b"]) {
    const { decide } = store.prepare({ ...plan, pool });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => decide("key", 1, "consume")));
    expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(10);
  }
});
