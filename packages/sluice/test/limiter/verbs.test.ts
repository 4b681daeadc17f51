import { describe, expect, test } from "vitest";
import {
  ConfigurationError,
  isSluiceError,
  RateLimitExceededError,
  rateLimiter,
  slidingWindow,
} from "../../src/index.ts";
import { manualLimiter } from "./manualLimiter.ts";

describe("consume", () => {
  test("charges until the limit is reached, and a denial is a value", async () => {
    const { limiter } = manualLimiter("2/m");
    await expect(limiter.consume("a")).resolves.toMatchObject({
      allowed: true,
      key: "a",
      cost: 1,
      limit: 2,
      remaining: 1,
    });
    await expect(limiter.consume("a")).resolves.toMatchObject({
      allowed: true,
      remaining: 0,
      reason: "ok",
      retryAfterMs: 0,
    });
    await expect(limiter.consume("a")).resolves.toMatchObject({
      allowed: false,
      remaining: 0,
      reason: "limited",
    });
    await expect(limiter.consume("b")).resolves.toMatchObject({ allowed: true, remaining: 1 });
  });

  test("works without any option but limits", () => {
    const limiter = rateLimiter({ limits: "1/d" });
    expect(limiter.consumeSync("a").allowed).toBe(true);
    expect(limiter.consumeSync("a").allowed).toBe(false);
  });

  test("a denied call changes nothing", () => {
    const { limiter } = manualLimiter("3/m");
    limiter.consumeSync("a", { cost: 2 });
    for (let i = 0; i < 100; i++)
      expect(limiter.consumeSync("a", { cost: 2 })).toMatchObject({ allowed: false, remaining: 1 });
    expect(limiter.consumeSync("a").allowed).toBe(true);
  });
});

describe("acquire", () => {
  test("gives the decision, or throws it", async () => {
    const { limiter } = manualLimiter("1/m");
    await expect(limiter.acquire("a")).resolves.toMatchObject({ allowed: true, remaining: 0 });
    const error = await limiter.acquire("a").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimitExceededError);
    expect(isSluiceError(error)).toBe(true);
    expect(error).toMatchObject({
      code: "RATE_LIMIT_EXCEEDED",
      status: 429,
      statusCode: 429,
      key: "a",
      retryAfterMs: 120_000,
    });
    expect(error).toMatchObject({ decision: { allowed: false, reason: "limited" } });
    expect(() => limiter.acquireSync("a")).toThrow('rate limit exceeded for "a": retry after 120000 ms');
    expect(() => limiter.acquireSync("a", { cost: 2 })).toThrow("it can never pass");
  });
});

describe("peek", () => {
  test("answers what consume would, and charges nothing", async () => {
    const { limiter } = manualLimiter(["3/m", slidingWindow({ limit: 10, window: "1h", countDenied: true })]);
    for (const cost of [1, 2, 1, 3, 0, 4]) {
      const seen = await limiter.peek("a", { cost });
      expect(limiter.peekSync("a", { cost })).toEqual(seen);
      expect(limiter.consumeSync("a", { cost })).toEqual(seen);
    }
  });
});

describe("reset", () => {
  test("forgets what one key spent, and no other", async () => {
    const { limiter } = manualLimiter(["1/m", "5/h"]);
    limiter.consumeSync("a");
    limiter.consumeSync("b");
    await limiter.reset("a");
    expect(limiter.consumeSync("a")).toMatchObject({
      allowed: true,
      limits: [{ remaining: 0 }, { remaining: 4 }],
    });
    expect(limiter.consumeSync("b").allowed).toBe(false);
    limiter.resetSync("b");
    expect(limiter.consumeSync("b").allowed).toBe(true);
    expect(() => limiter.resetSync("nobody")).not.toThrow();
  });
});

describe("the promised and the synchronous forms", () => {
  test("spend from the same states and give the same answers", async () => {
    const { limiter } = manualLimiter("4/m");
    expect((await limiter.consume("a")).remaining).toBe(3);
    expect(limiter.consumeSync("a").remaining).toBe(2);
    expect((await limiter.acquire("a")).remaining).toBe(1);
    expect(limiter.acquireSync("a").remaining).toBe(0);
    expect(await limiter.peek("a")).toEqual(limiter.peekSync("a"));
  });

  test("calls made at once admit exactly the limit, each with a decision of its own", async () => {
    const { limiter } = manualLimiter("10/m");
    const decisions = await Promise.all(Array.from({ length: 50 }, () => limiter.consume("a")));
    expect(decisions.filter(({ allowed }) => allowed).map(({ remaining }) => remaining)).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
  });

  test("a decision stays as it is when others are made", () => {
    const { limiter } = manualLimiter(["2/m", "5/h"]);
    const first = limiter.consumeSync("a");
    const copy = structuredClone(first);
    for (let i = 0; i < 5; i++) limiter.consumeSync("a");
    expect(first).toEqual(copy);
  });
});

describe("wrong arguments", () => {
  const notKeys = [undefined, null, "", 1, Number.NaN, {}, [], Symbol("key")];

  test("case 27: what is no key is an error, never a shared bucket", async () => {
    const { limiter } = manualLimiter("1/m");
    for (const key of notKeys as string[]) {
      const invalid = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_KEY" });
      await expect(limiter.consume(key)).rejects.toThrow(invalid);
      await expect(limiter.reset(key)).rejects.toThrow(invalid);
      expect(() => limiter.consumeSync(key)).toThrow(invalid);
      expect(() => limiter.peekSync(key)).toThrow(ConfigurationError);
    }
  });

  test("case 26: keys that objects already have are counted apart", () => {
    const { limiter } = manualLimiter("5/m");
    const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    keys.forEach((key, i) => limiter.consumeSync(key, { cost: i + 1 }));
    expect(keys.map((key) => limiter.peekSync(key, { cost: 0 }).remaining)).toEqual([4, 3, 2, 1]);
  });
});
