import type { Arbitrary } from "fast-check";
import { describe, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import type { FastCheck } from "../../src/testing/loadFastCheck.ts";
import { adaptiveModel, type AlgorithmUnderTest, testAlgorithm } from "../../src/testing/index.ts";
import { expectBothTicks } from "./expectBothTicks.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

interface RandomOptions {
  limit: number;
  windowMs: number;
  burstMultiplier: number;
  loadWindowMs: number;
  highLoad: number;
  lowLoad: number;
  penalty: number;
  hardLimit?: number;
}

function randomOptions(fc: FastCheck): Arbitrary<RandomOptions> {
  return fc
    .record({
      limit: randomAmount(fc, 0, 1_000_000),
      windowMs: randomWindow(fc),
      burst: fc.oneof(fc.integer({ min: 1000, max: 5000 }), fc.constantFrom(1000, 2000, 1_000_000)),
      loadWindows: fc.oneof(fc.constant(5), fc.integer({ min: 1, max: 10 })),
      loads: fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 2 }),
      penalty: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0, 500, 1000)),
      ceiling: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    })
    .map(({ limit, windowMs, burst, loadWindows, loads, penalty, ceiling }) => ({
      limit,
      windowMs,
      burstMultiplier: burst / 1000,
      loadWindowMs: Math.min(windowMs * loadWindows, 366 * 86_400_000),
      highLoad: Math.max(...loads) / 1000,
      lowLoad: Math.min(...loads) / 1000,
      penalty: penalty / 1000,
      ...(ceiling !== undefined && { hardLimit: limit + ceiling }),
    }));
}

const cases: AlgorithmUnderTest<RandomOptions> = {
  name: "adaptive",
  limits: randomOptions,
  algorithm: ({ windowMs, loadWindowMs, ...options }) =>
    adaptive({ ...options, window: windowMs, loadWindow: loadWindowMs }),
  model: (options, { params: { tick } }) => adaptiveModel({ ...options, tick }),
};

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});
