import { describe, expect, test } from "vitest";
import { memoryStore, rateLimiter } from "../../src/index.ts";
import { manualClock } from "../../src/testing/index.ts";

const NEW_YEAR = Date.UTC(2026, 0, 1);

describe("manualClock", () => {
  test("stands still at 1 January 2026 until it is moved", () => {
    const clock = manualClock();
    expect(clock()).toBe(NEW_YEAR * 1000);
    expect(clock.now).toBe(NEW_YEAR);
    clock.advance("10s");
    clock.advance(5);
    clock.advance({ minutes: 1, seconds: 30 });
    expect(clock.now).toBe(NEW_YEAR + 10_000 + 5 + 90_000);
    clock.advanceMicroseconds(7);
    expect(clock()).toBe((NEW_YEAR + 100_005) * 1000 + 7);
    expect(clock.now).toBe(NEW_YEAR + 100_005.007);
  });

  test("starts and is set to any time, also back", () => {
    const clock = manualClock(0);
    expect(clock()).toBe(0);
    clock.set(NEW_YEAR + 0.123);
    expect(clock()).toBe(NEW_YEAR * 1000 + 123);
    clock.set(1);
    clock.advanceMicroseconds(-1000);
    expect(clock()).toBe(0);
    clock.advance("366d");
    clock.advance(366 * 86_400_000);
    clock.advance(0);
    expect(clock.now).toBe(732 * 86_400_000);
  });

  test("advances by a wait to the microsecond", () => {
    const clock = manualClock();
    const limiter = rateLimiter({ limits: "7/m", store: memoryStore({ clock }) });
    limiter.consumeSync("a", { cost: 7 });
    for (let i = 0; i < 100; i++) {
      const { retryAfterMs } = limiter.peekSync("a");
      clock.advance(retryAfterMs);
      clock.advanceMicroseconds(-1);
      expect(limiter.consumeSync("a").allowed).toBe(false);
      clock.advanceMicroseconds(1);
      expect(limiter.consumeSync("a").allowed).toBe(true);
    }
  });

  test("is a clock for a store wherever it starts, also a millisecond after the epoch", () => {
    const clock = manualClock(1);
    const limiter = rateLimiter({ limits: "2/m", store: memoryStore({ clock }) });
    for (const allowed of [true, true, false]) expect(limiter.consumeSync("a").allowed).toBe(allowed);
    clock.advance(limiter.consumeSync("a").retryAfterMs);
    expect(limiter.consumeSync("a").allowed).toBe(true);
  });

  test("refuses what is no time", () => {
    const clock = manualClock();
    const invalid = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_DURATION" });
    for (const time of [Number.NaN, -1, Infinity, 1e300, 0.0001, "1", null, undefined] as number[]) {
      expect(() => clock.set(time)).toThrow(invalid);
    }
    expect(() => manualClock(-1)).toThrow(invalid);
    for (const duration of [Number.NaN, -1, Infinity, 0.0001, "10", "1w", "-1s", null, {}] as number[]) {
      expect(() => clock.advance(duration)).toThrow(invalid);
    }
    for (const microseconds of [0.5, Number.NaN, -Infinity, -1e18]) {
      expect(() => clock.advanceMicroseconds(microseconds)).toThrow(invalid);
    }
    expect(clock.now).toBe(NEW_YEAR);
  });
});
