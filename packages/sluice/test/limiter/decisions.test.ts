import { describe, expect, test } from "vitest";
import { fixedWindow, gcra, type LimitOptions, slidingLog, tokenBucket } from "../../src/index.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const window = (limit: number, windowMs: number, options: LimitOptions = {}) =>
  fixedWindow({ limit, window: windowMs, ...options });

describe("the numbers of a decision", () => {
  test("when it passes, are those of the limit with the least left; on a tie of the first", () => {
    const { limiter } = manualLimiter([window(10, 1000), window(4, 60_000), window(4, 3_600_000)]);
    const decision = limiter.consumeSync("a", { cost: { "10/s": 1, "4/m": 2, "4/h": 2 } });
    expect(decision).toMatchObject({ limit: 4, remaining: 2, resetAfterMs: 60_000, cost: 2, reason: "ok" });
  });

  test("when it is refused, are those of the refusing limit with the longest wait", () => {
    const { limiter } = manualLimiter([window(1, 1000), window(1, 60_000), window(2, 3_600_000)]);
    limiter.consumeSync("a");
    const decision = limiter.consumeSync("a");
    expect(decision).toMatchObject({
      allowed: false,
      limit: 1,
      remaining: 0,
      retryAfterMs: 60_000,
      resetAfterMs: 60_000,
    });
    expect(decision.limits.map(({ allowed, retryAfterMs }) => [allowed, retryAfterMs])).toEqual([
      [false, 1000],
      [false, 60_000],
      [true, 0],
    ]);
  });

  test("are whole microseconds, those of windows and details that divide badly too", () => {
    const rate = { amount: 7, per: 997 };
    const limits = [tokenBucket({ capacity: 1, refill: rate }), gcra({ rate, burst: 3, name: "gcra" })];
    const { limits: each } = manualLimiter(limits).limiter.consumeSync("a");
    expect(each.map(({ windowMs }) => windowMs)).toEqual([142.429, 427.286]);
    expect(each[1].details).toEqual({ tatMs: 142.429 });
  });

  test("are exact to the microsecond, never rounded", () => {
    const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 3, refill: "3/s" }));
    clock.advanceMicroseconds(7);
    limiter.consumeSync("a", { cost: 3 });
    const { retryAfterMs, resetAfterMs } = limiter.consumeSync("a");
    expect([retryAfterMs, resetAfterMs]).toEqual([333.334, 1000]);
  });

  test("can be sent as JSON, where Infinity is null", () => {
    const { limiter } = manualLimiter("3/m");
    const decision = limiter.consumeSync("a", { cost: 4 });
    expect(JSON.parse(JSON.stringify(decision))).toEqual({
      ...structuredClone(decision),
      retryAfterMs: null,
      limits: [{ ...structuredClone(decision.limits[0]), retryAfterMs: null }],
    });
    expect(decision).toMatchObject({ reason: "never", degraded: false, retryAfterMs: Infinity });
  });

  test("never wins over limited, and the longest wait is then for ever", () => {
    const { limiter } = manualLimiter([window(2, 1000), window(10, 60_000)]);
    limiter.consumeSync("a", { cost: 2 });
    expect(limiter.consumeSync("a", { cost: 3 })).toMatchObject({
      reason: "never",
      limit: 2,
      retryAfterMs: Infinity,
    });
  });
});

describe("a limit that only runs dry", () => {
  const dry = window(2, 60_000, { name: "dry", dryRun: true });

  test("tells what it would do, and never refuses, nor speaks for all", () => {
    const { limiter } = manualLimiter([window(5, 60_000, { name: "wet" }), dry]);
    for (let i = 0; i < 3; i++) limiter.consumeSync("a");
    const decision = limiter.consumeSync("a");
    expect(decision).toMatchObject({ allowed: true, limit: 5, remaining: 1, reason: "ok", retryAfterMs: 0 });
    expect(decision.limits[1]).toMatchObject({
      name: "dry",
      dryRun: true,
      allowed: false,
      remaining: 0,
      retryAfterMs: 60_000,
    });
  });

  test("is charged only when the call is admitted", () => {
    const { limiter } = manualLimiter([window(1, 1000, { name: "wet" }), dry]);
    for (let i = 0; i < 5; i++) limiter.consumeSync("a");
    expect(limiter.peekSync("a", { cost: 0 }).limits[1].remaining).toBe(1);
  });

  test("alone lets everything through, and says that nothing limits it", () => {
    const { limiter } = manualLimiter(dry);
    for (let i = 0; i < 5; i++) {
      expect(limiter.consumeSync("a")).toMatchObject({
        allowed: true,
        limit: Infinity,
        remaining: Infinity,
        resetAfterMs: 0,
      });
    }
    expect(limiter.consumeSync("a", { cost: 3 })).toMatchObject({ allowed: true, reason: "ok" });
    expect(limiter.peekSync("a", { cost: 0 }).limits[0].remaining).toBe(0);
  });
});

describe("a limit that counts what is refused", () => {
  test.each(everyAlgorithm)(
    "of %s: hammering does not pay, and the wait is told after the charge",
    (_, limit) => {
      const { limiter, clock } = manualLimiter(limit(4, { countDenied: true }));
      limiter.consumeSync("a", { cost: 3 });
      for (let i = 0; i < 3; i++) {
        clock.advance("10s");
        limiter.consumeSync("a", { cost: 4 });
      }
      const { allowed, retryAfterMs, remaining } = limiter.consumeSync("a", { cost: 4 });
      expect({ allowed, remaining }).toEqual({ allowed: false, remaining: 0 });
      expect(retryAfterMs).toBeGreaterThan(0);
      clock.advanceMicroseconds(Math.round(retryAfterMs * 1000) - 1);
      expect(limiter.peekSync("a", { cost: 4 }).allowed).toBe(false);
      clock.advanceMicroseconds(1);
      expect(limiter.consumeSync("a", { cost: 4 }).allowed).toBe(true);
    },
  );

  test("is charged when another limit refused, and not when the call can never pass", () => {
    const counting = slidingLog({ limit: 5, window: "1m", name: "counting", countDenied: true });
    const { limiter } = manualLimiter([window(1, 1000, { name: "narrow" }), counting]);
    const left = () => limiter.peekSync("a", { cost: 0 }).limits[1].remaining;
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    expect(left()).toBe(3);
    limiter.consumeSync("a", { cost: 2 });
    limiter.peekSync("a");
    expect(left()).toBe(3);
    for (let i = 0; i < 9; i++) limiter.consumeSync("a");
    expect(left()).toBe(0);
  });

  test("whose charge makes the next call wait tells so, though it did not refuse", () => {
    const counting = window(3, 60_000, { name: "counting", countDenied: true });
    const { limiter } = manualLimiter([window(1, 1000, { name: "narrow" }), counting]);
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    const decision = limiter.consumeSync("a");
    expect(decision).toMatchObject({ allowed: false, limit: 1, retryAfterMs: 60_000 });
    expect(decision.limits[1]).toMatchObject({ allowed: true, remaining: 0, retryAfterMs: 60_000 });
  });

  test("peek tells what consume would, without the charge", () => {
    const { limiter } = manualLimiter(slidingLog({ limit: 2, window: "1m", countDenied: true }));
    limiter.consumeSync("a", { cost: 2 });
    const seen = limiter.peekSync("a");
    expect(limiter.peekSync("a")).toEqual(seen);
    expect(limiter.consumeSync("a")).toEqual(seen);
  });
});
