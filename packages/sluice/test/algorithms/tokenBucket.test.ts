import { describe, expect, test } from "vitest";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases(
  "tokenBucket",
  ({ capacity, rates }) => tokenBucket({ capacity, refill: rates }),
  1,
);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});

test("case 52: over a million fractional refills, exactly capacity and refill are admitted", () => {
  const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 5, refill: "7/s" }));
  let admitted = 0;
  for (let call = 0; call < 1_000_000; call++) {
    if (limiter.consumeSync("a").allowed) admitted++;
    clock.advanceMicroseconds(13 + (call % 3));
  }
  // The last call was at 13,999,985 us: 97.9999 tokens had come back.
  expect(admitted).toBe(5 + 97);
});

test("a bucket of 10 that gets 5 a second back: what is left, and the wait for more", () => {
  const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 10, refill: "5/s" }));
  expect(limiter.consumeSync("a", { cost: 10 })).toMatchObject({
    allowed: true,
    remaining: 0,
    resetAfterMs: 2000,
  });
  expect(limiter.consumeSync("a", { cost: 3 })).toMatchObject({ allowed: false, retryAfterMs: 600 });
  clock.advance("500ms");
  const decision = limiter.consumeSync("a", { cost: 2 });
  expect(decision).toMatchObject({ allowed: true, remaining: 0, resetAfterMs: 1900 });
  expect(decision.limits[0]).toMatchObject({
    algorithm: "token-bucket",
    windowMs: 2000,
    details: { tokens: 0.5 },
  });
});
