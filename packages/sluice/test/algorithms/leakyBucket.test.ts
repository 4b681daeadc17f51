import { describe, expect, test } from "vitest";
import { leakyBucket } from "../../src/algorithms/bucket/leakyBucket.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases("leakyBucket", ({ capacity, rates }) => leakyBucket({ capacity, leak: rates }), 3);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});

test("a bucket of 10 that leaks 5 a second: how full it is", () => {
  const { limiter, clock } = manualLimiter(leakyBucket({ capacity: 10, leak: "5/s" }));
  limiter.consumeSync("a", { cost: 10 });
  clock.advance("500ms");
  const decision = limiter.consumeSync("a", { cost: 2 });
  expect(decision).toMatchObject({ allowed: true, remaining: 0, resetAfterMs: 1900 });
  expect(decision.limits[0]).toMatchObject({ algorithm: "leaky-bucket", details: { level: 9.5 } });
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 100 });
});
