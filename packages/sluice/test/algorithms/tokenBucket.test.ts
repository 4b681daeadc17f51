import { describe, test } from "vitest";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases("tokenBucket", ({ capacity, rates }) => tokenBucket({ capacity, refill: rates }), 1);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});
