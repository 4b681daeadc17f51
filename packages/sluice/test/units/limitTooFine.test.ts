import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adaptive, type AdaptiveOptions } from "../../src/algorithms/adaptive/adaptive.ts";
import { gcra } from "../../src/algorithms/bucket/gcra.ts";
import { leakyBucket } from "../../src/algorithms/bucket/leakyBucket.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { slidingWindow } from "../../src/algorithms/window/slidingWindow.ts";
import type { Rate } from "../../src/units/rate.ts";
import { randomAmount } from "../algorithms/randomAmount.ts";
import { randomWindow } from "../algorithms/randomWindow.ts";
import { faultOf } from "./faultOf.ts";

/** If `make(value)` is too fine, the nearest value that is named is accepted, and one more is not. */
function expectNearest(value: number, make: (value: number) => unknown): boolean {
  const fault = faultOf(() => make(value));
  if (fault === undefined) return false;
  expect(fault.code).toBe("LIMIT_TOO_FINE");
  const nearest = fault.nearest as number;
  expect(fault.message).toContain(`nearest that can be is ${nearest}`);
  expect(
    faultOf(() => make(nearest)),
    `${nearest} should be accepted`,
  ).toBeUndefined();
  expect(
    faultOf(() => make(nearest + 1)),
    `${nearest + 1} should be too fine`,
  ).toMatchObject({ code: "LIMIT_TOO_FINE" });
  return true;
}

/** Shows random amounts and windows, and that some of them were too fine. */
function expectOfRandom(make: (value: number, windowMs: number, amount: number) => unknown): void {
  let tooFine = 0;
  const property = fc.property(
    randomAmount(fc),
    randomWindow(fc),
    randomAmount(fc, 1),
    (value, windowMs, amount) => {
      if (expectNearest(value, (limit) => make(limit, windowMs, amount))) tooFine++;
    },
  );
  fc.assert(property, { numRuns: 1000 });
  expect(tooFine).toBeGreaterThan(0);
}

describe("LIMIT_TOO_FINE names the nearest value, which is accepted, and one more is not", () => {
  test("of slidingWindow", () => {
    expectOfRandom((limit, window) => slidingWindow({ limit, window }));
    expect(expectNearest(1e9, (limit) => slidingWindow({ limit, window: "366d" }))).toBe(true);
  });

  test("of tokenBucket", () => {
    expectOfRandom((capacity, per, amount) => tokenBucket({ capacity, refill: { amount, per } }));
  });

  test("of leakyBucket", () => {
    expectOfRandom((capacity, per, amount) => leakyBucket({ capacity, leak: { amount, per } }));
  });

  test("of gcra", () => {
    expectOfRandom((burst, per, amount) => gcra({ burst, rate: { amount, per } }));
  });

  test("of a bucket whose unit is a power of two, and divides the bound", () => {
    const refill = { amount: 1001, per: 2 ** 34 };
    expect(expectNearest(1e9, (capacity) => tokenBucket({ capacity, refill }))).toBe(true);
  });

  test("of adaptive", () => {
    expectOfRandom((limit, window) => adaptive({ limit, window, burstMultiplier: 1 }));
    const wide: AdaptiveOptions = { limit: 0, window: "1h", burstMultiplier: 1.001, loadWindow: "366d" };
    expect(expectNearest(900_000_000, (limit) => adaptive({ ...wide, limit }))).toBe(true);
  });

  test("of adaptive's loadLimit", () => {
    const options: AdaptiveOptions = { limit: 10, window: "1m", load: "shared", loadWindow: "366d" };
    for (const loadLimit of [{ amount: 1e9, per: 1 }, { amount: 1e9, per: "300d" }, "900000000/s"] as const) {
      const make = (rate: Rate) => adaptive({ ...options, loadLimit: rate });
      const fault = faultOf(() => make(loadLimit));
      expect(fault).toMatchObject({ code: "LIMIT_TOO_FINE", path: "loadLimit" });
      const { amount, per } = fault!.nearest as { amount: number; per: number };
      expect(faultOf(() => make({ amount, per }))).toBeUndefined();
      expect(faultOf(() => make({ amount: amount + 1, per }))).toMatchObject({ code: "LIMIT_TOO_FINE" });
    }
  });

  test("of adaptive's burstMultiplier, whose bucket would fill for centuries", () => {
    const options: AdaptiveOptions = { limit: 1, window: "366d" };
    const make = (burstMultiplier: number) => adaptive({ ...options, burstMultiplier });
    const fault = faultOf(() => make(1000));
    expect(fault).toMatchObject({ code: "LIMIT_TOO_FINE", path: "burstMultiplier" });
    const nearest = fault?.nearest as number;
    expect(faultOf(() => make(nearest))).toBeUndefined();
    expect(faultOf(() => make((nearest * 1000 + 1) / 1000))).toMatchObject({ code: "LIMIT_TOO_FINE" });
  });

  test("of slidingLog, whose limit is bounded by maxEntries", async () => {
    const { slidingLog } = await import("../../src/algorithms/log/slidingLog.ts");
    const fault = faultOf(() => slidingLog({ limit: 1001, window: "1m" }));
    expect(fault).toMatchObject({ code: "INVALID_LIMIT", path: "limit", nearest: 1000 });
    const tooMany = faultOf(() => slidingLog({ limit: 10, window: "1m", maxEntries: 2_000_000 }));
    expect(tooMany).toMatchObject({
      code: "INVALID_LIMIT",
      path: "maxEntries",
      value: 2_000_000,
      nearest: 1_000_000,
    });
    const none = faultOf(() => slidingLog({ limit: 0, window: "1m", maxEntries: 0 }));
    expect(none).toMatchObject({ code: "INVALID_LIMIT", path: "maxEntries", nearest: 1 });
  });
});

describe("both ticks are exact", () => {
  test("a sum of rates whose period has no exact number of microseconds ticks in milliseconds", () => {
    const [first, second] = [8_500_001, 8_500_005];
    const amount =
      Array.from({ length: 64 }, (_, i) => i + 1).find((n) => (second + n * first) % 64 === 0) ?? 0;
    const refill = [
      { amount: 1, per: first },
      { amount, per: second },
    ];
    const { unit, rate, tick } = tokenBucket({ capacity: 1, refill }).params;
    const sum = BigInt(second) + BigInt(amount) * BigInt(first);
    expect(tick).toBe(1000);
    expect(sum * BigInt(unit)).toBe(BigInt(rate) * BigInt(first) * BigInt(second));
  });

  test("a bucket's unit and rate are the period and the amount, reduced, whatever the sum of rates", () => {
    const rates = fc.array(fc.record({ amount: randomAmount(fc, 1), per: randomWindow(fc) }), {
      minLength: 1,
      maxLength: 3,
    });
    const property = fc.property(fc.integer({ min: 1, max: 20 }), rates, (capacity, refill) => {
      const fault = faultOf(() => tokenBucket({ capacity, refill }));
      fc.pre(fault?.code !== "LIMIT_TOO_FINE");
      const { unit, rate, tick } = tokenBucket({ capacity, refill }).params;
      const per = refill.reduce((product, part) => product * BigInt(part.per), 1n);
      const amount = refill.reduce((sum, part) => sum + (BigInt(part.amount) * per) / BigInt(part.per), 0n);
      expect(amount * BigInt(unit) * BigInt(tick)).toBe(BigInt(rate) * per * 1000n);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("fine limits tick in microseconds, coarse ones in milliseconds", () => {
    expect(slidingWindow({ limit: 100, window: "1m" }).params.tick).toBe(1);
    expect(slidingWindow({ limit: 1_000_000, window: "1d" }).params.tick).toBe(1000);
    expect(tokenBucket({ capacity: 100, refill: "1/s" }).params.tick).toBe(1);
    expect(
      tokenBucket({ capacity: 1000, refill: [{ amount: 999_999_937, per: "366d" }, "1/d"] }).params.tick,
    ).toBe(1000);
    expect(adaptive({ limit: 100_000, window: "1d" }).params.tick).toBe(1000);
  });
});
