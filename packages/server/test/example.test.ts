import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serving, statuses } from "./serving.ts";

const EXAMPLE = readFileSync(new URL("../../../examples/limits.yaml", import.meta.url), "utf8");

/** Some seconds may pass between the first request and the last, but no edge of a window gives much back in them. */
test("the example does what its comments say", async () => {
  const { url } = await serving(EXAMPLE);
  const ask =
    (path: string, method = "GET") =>
    () =>
      fetch(url + path, { method });
  expect(await statuses(6, ask("/hello"))).toEqual([200, 200, 200, 200, 200, 429]);
  expect(await statuses(6, ask("/login", "POST"))).toEqual([200, 200, 200, 200, 200, 429]);
  expect(await statuses(2, ask("/LOGIN/", "POST"))).toEqual([429, 429]);
  expect(await statuses(50, ask("/health"))).not.toContain(429);
  expect(await statuses(21, ask("/reports/a"))).toEqual([...Array<number>(20).fill(200), 429]);
  expect((await statuses(30, ask("/search"))).filter((status) => status === 429).length).toBeGreaterThan(10);
  expect(await statuses(10, ask("/files/a", "PUT"))).not.toContain(429);
  expect(await statuses(1, ask("/files/b"))).toEqual([429]);
  expect(await statuses(9, ask("/beta/x"))).not.toContain(429);
});
