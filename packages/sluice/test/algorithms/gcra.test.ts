import { describe, expect, test } from "vitest";
import { gcra } from "../../src/algorithms/bucket/gcra.ts";
import { leakyBucket } from "../../src/algorithms/bucket/leakyBucket.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases("gcra", ({ capacity, rates }) => gcra({ burst: capacity, rate: rates }), 1);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});

test("a rate of 5 a second with a burst of 3: the theoretical arrival time", () => {
  const { limiter, clock } = manualLimiter(gcra({ rate: "5/s", burst: 3 }));
  expect(limiter.consumeSync("a").limits[0]).toMatchObject({ algorithm: "gcra", details: { tatMs: 200 } });
  limiter.consumeSync("a", { cost: 2 });
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 200 });
  clock.advance("250ms");
  expect(limiter.consumeSync("a").limits[0].details).toEqual({ tatMs: 550 });
});

test("the three faces of the bucket decide alike", () => {
  const faces = [
    gcra({ rate: ["5/s", "7/m"], burst: 9, name: "a" }),
    tokenBucket({ capacity: 9, refill: ["5/s", "7/m"], name: "b" }),
    leakyBucket({ capacity: 9, leak: ["5/s", "7/m"], name: "c" }),
  ];
  const { limiter, clock } = manualLimiter(faces);
  for (let call = 0; call < 1000; call++) {
    clock.advanceMicroseconds((call * 7919) % 400_000);
    const [one, ...others] = limiter
      .consumeSync("a", { cost: call % 10 })
      .limits.map((limit) => [limit.allowed, limit.remaining, limit.retryAfterMs, limit.resetAfterMs]);
    for (const other of others) expect(other).toEqual(one);
  }
});
