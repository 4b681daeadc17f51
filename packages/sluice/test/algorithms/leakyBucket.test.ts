import { describe, test } from "vitest";
import { leakyBucket } from "../../src/algorithms/bucket/leakyBucket.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases("leakyBucket", ({ capacity, rates }) => leakyBucket({ capacity, leak: rates }), 3);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});
