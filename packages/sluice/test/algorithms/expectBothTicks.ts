import * as fc from "fast-check";
import { expect } from "vitest";
import type { Limit } from "../../src/algorithms/Limit.ts";
import type { AlgorithmUnderTest } from "../../src/testing/index.ts";

/** Among a thousand random limits, at least fifty tick in microseconds and fifty in milliseconds. */
export function expectBothTicks<Options>({ limits, algorithm }: AlgorithmUnderTest<Options>): void {
  const options = fc.sample(typeof limits === "function" ? limits(fc) : limits, 1000);
  const ticks = options.map((each) => tickOf(() => algorithm(each)));
  expect(ticks.filter((tick) => tick === 1).length).toBeGreaterThan(50);
  expect(ticks.filter((tick) => tick === 1000).length).toBeGreaterThan(50);
}

function tickOf(make: () => Limit): number | undefined {
  try {
    return make().params.tick;
  } catch {
    return undefined;
  }
}
