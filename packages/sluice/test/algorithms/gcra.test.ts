import { describe, test } from "vitest";
import { gcra } from "../../src/algorithms/bucket/gcra.ts";
import { testAlgorithm } from "../../src/testing/index.ts";
import { bucketCases } from "./bucketCases.ts";
import { expectBothTicks } from "./expectBothTicks.ts";

const cases = bucketCases("gcra", ({ capacity, rates }) => gcra({ burst: capacity, rate: rates }), 1);

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});
