import type { Arbitrary } from "fast-check";
import type { FastCheck } from "../../src/testing/loadFastCheck.ts";

const DAY = 86_400_000;

/** Windows from 1 ms to 366 days, in milliseconds: odd ones and those that people write. */
export function randomWindow(fc: FastCheck, max: number = 366 * DAY): Arbitrary<number> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 20 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...[1000, 60_000, 3_600_000, DAY, 30 * DAY, max].filter((ms) => ms <= max)),
    },
  );
}
