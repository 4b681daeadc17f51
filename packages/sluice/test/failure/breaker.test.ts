import { expect, test } from "vitest";
import { Breaker } from "../../src/limiter/failure/Breaker.ts";
import { DOWN } from "./faultyStore.ts";

test("there is one probe at a time, also when calls from before it fail late", () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  const early = Array.from({ length: 6 }, () => breaker.admits()!);
  expect(new Set(early)).toEqual(new Set(["call"]));
  for (const admission of early.slice(1)) breaker.failed(DOWN, admission);
  expect(breaker.admits()).toBeUndefined();
  now += 1000;
  expect(breaker.admits()).toBe("probe");
  breaker.failed(DOWN, early[0]);
  now += 5000;
  expect(breaker.admits()).toBeUndefined();
  breaker.failed(DOWN, "probe");
  now += 1000;
  expect(breaker.admits()).toBe("probe");
  breaker.succeeded();
  expect(breaker.admits()).toBe("call");
});
