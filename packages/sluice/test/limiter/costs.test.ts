import { describe, expect, test } from "vitest";
import { type Cost, fixedWindow, tokenBucket } from "../../src/index.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const calls = fixedWindow({ limit: 10, window: "1m", name: "calls" });
const tokens = tokenBucket({ capacity: 1000, refill: "1000/m", name: "tokens" });

describe("a cost", () => {
  test("is 1 by default, and the same for every limit", () => {
    const { limiter } = manualLimiter([calls, tokens]);
    expect(limiter.consumeSync("a")).toMatchObject({
      cost: 1,
      limits: [
        { cost: 1, remaining: 9 },
        { cost: 1, remaining: 999 },
      ],
    });
    expect(limiter.consumeSync("a", { cost: 4 })).toMatchObject({
      cost: 4,
      limits: [{ remaining: 5 }, { remaining: 995 }],
    });
  });

  test("by name goes to that limit, and a limit that is not named takes 1", () => {
    const { limiter } = manualLimiter([calls, tokens]);
    const decision = limiter.consumeSync("a", { cost: { tokens: 800 } });
    expect(decision).toMatchObject({
      cost: 800,
      limits: [
        { cost: 1, remaining: 9 },
        { cost: 800, remaining: 200 },
      ],
    });
    expect(limiter.consumeSync("a", { cost: { tokens: 300, calls: 0 } })).toMatchObject({
      allowed: false,
      limit: 1000,
      limits: [
        { allowed: true, cost: 0, remaining: 9 },
        { allowed: false, cost: 300, remaining: 200 },
      ],
    });
  });

  test("of a limit without a name is called as the limit is: default, or its limit string", () => {
    const single = manualLimiter("10/m").limiter;
    expect(single.consumeSync("a", { cost: { default: 3 } }).remaining).toBe(7);
    const several = manualLimiter(["10/m", "5 per 10 minutes"]).limiter;
    const { limits } = several.consumeSync("a", { cost: { "10/m": 3, "5/10m": 2 } });
    expect(limits.map(({ name, remaining }) => [name, remaining])).toEqual([
      ["10/m", 7],
      ["5/10m", 3],
    ]);
  });

  test("for a limit that is not there names the nearest that is", () => {
    const { limiter } = manualLimiter([calls, tokens]);
    const wrong = (cost: Cost) => () => limiter.consumeSync("a", { cost });
    expect(wrong({ token: 1 })).toThrow(
      expect.objectContaining({ code: "INVALID_COST", value: "token", nearest: "tokens" }),
    );
    expect(wrong(JSON.parse('{ "toString": 1 }') as Cost)).toThrow(
      expect.objectContaining({ code: "INVALID_COST" }),
    );
    expect(wrong(JSON.parse('{ "__proto__": 1 }') as Cost)).toThrow(
      expect.objectContaining({ code: "INVALID_COST" }),
    );
  });

  test("that is a promise or a Map names no limit, and is not 1", () => {
    const { limiter } = manualLimiter([calls, tokens]);
    for (const cost of [Promise.resolve(5), new Map([["tokens", 5]]), new Date(0)]) {
      const consume = () => limiter.consumeSync("a", { cost: cost as unknown as Cost });
      expect(consume).toThrow(expect.objectContaining({ code: "INVALID_COST", value: cost }));
    }
    expect(limiter.consumeSync("a", { cost: Object.create(null) as Cost })).toMatchObject({ cost: 1 });
    expect(limiter.peekSync("a")).toMatchObject({ limits: [{ remaining: 8 }, { remaining: 998 }] });
  });

  test("is a whole number from 0; all else is an error that charges nothing", async () => {
    const { limiter } = manualLimiter([calls, tokens]);
    const wrong = [
      -1,
      0.5,
      1.5,
      Number.NaN,
      Infinity,
      -Infinity,
      2 ** 53,
      "1",
      null,
      true,
      1n,
      [1, 1],
      { calls: -1 },
      { calls: "1" },
    ];
    for (const cost of wrong as Cost[]) {
      const invalid = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_COST" });
      expect(() => limiter.consumeSync("a", { cost })).toThrow(invalid);
      await expect(limiter.consume("a", { cost })).rejects.toThrow(invalid);
      await expect(limiter.peek("a", { cost })).rejects.toThrow(invalid);
    }
    expect(limiter.peekSync("a", { cost: 0 }).limits.map(({ remaining }) => remaining)).toEqual([10, 1000]);
  });
});

describe.each(everyAlgorithm)("of %s", (_, limit) => {
  test("a cost of 0 passes, also when nothing is left, and charges nothing", () => {
    const { limiter } = manualLimiter(limit(2));
    expect(limiter.consumeSync("a", { cost: 0 })).toMatchObject({
      allowed: true,
      remaining: 2,
      resetAfterMs: 0,
    });
    limiter.consumeSync("a", { cost: 2 });
    expect(limiter.consumeSync("a", { cost: 0 })).toMatchObject({
      allowed: true,
      remaining: 0,
      reason: "ok",
    });
  });

  test("case 7: a limit of 0 refuses everything, also a cost of 0, for ever", () => {
    const { limiter } = manualLimiter(limit(0));
    for (const cost of [0, 1, 5]) {
      expect(limiter.consumeSync("a", { cost })).toMatchObject({
        allowed: false,
        reason: "never",
        retryAfterMs: Infinity,
        remaining: 0,
      });
    }
  });

  test("a cost over the limit is refused for ever, and charges nothing", () => {
    const { limiter } = manualLimiter(limit(3, { countDenied: true }));
    for (const cost of [4, Number.MAX_SAFE_INTEGER]) {
      expect(limiter.consumeSync("a", { cost })).toMatchObject({
        allowed: false,
        reason: "never",
        retryAfterMs: Infinity,
        remaining: 3,
      });
    }
  });
});
