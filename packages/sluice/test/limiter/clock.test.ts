import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const HOUR = 3_600_000_000;

describe.each(everyAlgorithm)("%s", (_, limit) => {
  test("case 3: after exactly retryAfterMs the call passes, and one microsecond earlier it does not", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.nat(59_999_999),
      fc.nat(8),
      (amount, offset, part) => {
        const { limiter, clock } = manualLimiter(limit(amount));
        clock.advanceMicroseconds(offset);
        limiter.consumeSync("a", { cost: amount });
        clock.advanceMicroseconds(Math.floor(offset / 100));
        const cost = 1 + (part % amount);
        const { allowed, retryAfterMs } = limiter.consumeSync("a", { cost });
        fc.pre(!allowed);
        clock.advance(retryAfterMs);
        clock.advanceMicroseconds(-1);
        expect(limiter.consumeSync("a", { cost }).allowed).toBe(false);
        clock.advanceMicroseconds(1);
        expect(limiter.consumeSync("a", { cost }).allowed).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test("case 49: a clock set back an hour blocks nobody for longer than before, and mints nothing", () => {
    const { limiter, clock } = manualLimiter(limit(10));
    limiter.consumeSync("a", { cost: 10 });
    const before = limiter.peekSync("a");
    clock.advanceMicroseconds(-HOUR);
    const after = limiter.consumeSync("a");
    expect(after).toMatchObject({ allowed: false, remaining: 0 });
    expect(after.retryAfterMs).toBeLessThanOrEqual(Math.max(before.retryAfterMs, 66_000));
    clock.advance(after.retryAfterMs);
    expect(limiter.consumeSync("a").allowed).toBe(true);
  });

  test("case 50: a clock set forward a year gives one full quota, and set back again none", () => {
    const { limiter, clock } = manualLimiter(limit(10));
    limiter.consumeSync("a", { cost: 10 });
    clock.advance("365d");
    let admitted = 0;
    for (let i = 0; i < 30; i++) if (limiter.consumeSync("a").allowed) admitted++;
    expect(admitted).toBe(10);
    clock.advanceMicroseconds(-365 * 24 * HOUR);
    for (let i = 0; i < 30; i++) expect(limiter.consumeSync("a").allowed).toBe(false);
  });

  test("case 53: remaining is never negative, and never rises while calls are only made at one instant", () => {
    const calls = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 0, max: 90_000_000 })), {
      minLength: 1,
      maxLength: 20,
    });
    const property = fc.property(calls, fc.boolean(), (costs, countDenied) => {
      const { limiter, clock } = manualLimiter(limit(10, { countDenied }));
      for (const [cost, pass] of costs) {
        let { remaining: last } = limiter.peekSync("a", { cost: 0 });
        for (const each of [cost, 0, cost + 1, 1]) {
          const { remaining } = limiter.consumeSync("a", { cost: each });
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeLessThanOrEqual(last);
          last = remaining;
        }
        clock.advanceMicroseconds(pass);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
