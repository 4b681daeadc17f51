import type { Arbitrary } from "fast-check";
import type { FastCheck } from "../../src/testing/loadFastCheck.ts";

/** Amounts from `min` to `max`, 1e9 at most: mostly small ones, where every call counts, and every order of magnitude. */
export function randomAmount(fc: FastCheck, min = 0, max = 1_000_000_000): Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min, max: Math.min(max, 12) }) },
    { weight: 2, arbitrary: fc.integer({ min, max: Math.min(max, 1000) }) },
    { weight: 2, arbitrary: fc.integer({ min, max: Math.min(max, 1_000_000) }) },
    { weight: 1, arbitrary: fc.integer({ min, max }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  );
}
