import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixedWindow, slidingLog, slidingWindow, tokenBucket } from "../../src/index.ts";
import {
  bucketModel,
  type Call,
  fixedWindowModel,
  type Model,
  slidingLogModel,
  slidingWindowModel,
} from "../../src/testing/index.ts";
import { manualLimiter } from "./manualLimiter.ts";

const MINUTE = { windowMs: 60_000 };
const LIMITS = [
  fixedWindow({ limit: 6, window: "1m", name: "fixed" }),
  slidingWindow({ limit: 7, window: "1m", name: "sliding" }),
  slidingLog({ limit: 5, window: "1m", name: "log" }),
  tokenBucket({ capacity: 4, refill: "6/m", name: "bucket" }),
];
const MODELS: Model[] = [
  fixedWindowModel({ limit: 6, anchor: "clock", ...MINUTE }),
  slidingWindowModel({ limit: 7, tick: 1, ...MINUTE }),
  slidingLogModel({ limit: 5, ...MINUTE }),
  bucketModel({ capacity: 4, rates: [{ amount: 6, periodMs: 60_000 }], tick: 1 }),
];

describe("several limits of one call", () => {
  test("all are charged or none, as independent models over one log of calls say", () => {
    const call = fc.record({
      pass: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000_000 })),
      costs: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    });
    const property = fc.property(fc.array(call, { minLength: 1, maxLength: 30, size: "max" }), (calls) => {
      const { limiter, clock } = manualLimiter(LIMITS);
      const logs: Call[][] = MODELS.map(() => []);
      for (const { pass, costs } of calls) {
        clock.advanceMicroseconds(pass);
        const cost = Object.fromEntries(LIMITS.map(({ name }, i) => [name, costs[i]]));
        const fits = MODELS.map((model, i) => costs[i] <= model.room(logs[i], clock()));
        const decision = limiter.consumeSync("a", { cost });
        expect(decision.limits.map(({ allowed }) => allowed)).toEqual(fits);
        expect(decision.allowed).toBe(fits.every(Boolean));
        if (decision.allowed) logs.forEach((log, i) => log.push({ time: clock(), cost: costs[i] }));
        const left = MODELS.map((model, i) => model.room(logs[i], clock()));
        expect(decision.limits.map(({ remaining }) => remaining)).toEqual(left);
        expect(decision.retryAfterMs).toBe(
          Math.max(...decision.limits.map(({ retryAfterMs }) => retryAfterMs)),
        );
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("case 5: of two, only the one that refuses is violated, and the other keeps its count", () => {
    const { limiter } = manualLimiter(["1/s", "100/m"]);
    limiter.consumeSync("a");
    for (let i = 0; i < 10; i++) {
      const { limits } = limiter.consumeSync("a");
      expect(limits.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [false, 0],
        [true, 99],
      ]);
    }
  });
});
