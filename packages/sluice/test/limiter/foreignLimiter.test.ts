import { createServer } from "node:net";
import { once } from "node:events";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import {
  type AskForeign,
  type ForeignLimiter,
  foreignLimiter,
  limited,
  RateLimitExceededError,
  rateLimiter,
  rateLimitHeaders,
  StoreError,
} from "sluice";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";

/** As docs/acquire.md has it. */
function flexible(limiter: RateLimiterMemory | RateLimiterRedis): ForeignLimiter {
  return foreignLimiter(async (key, cost) => {
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(key, cost);
      return { allowed: true, limit: limiter.points, remaining: remainingPoints, resetAfterMs: msBeforeNext };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { allowed: false, limit: limiter.points, retryAfterMs: refusal.msBeforeNext };
    }
  });
}

describe("S0.22: rate-limiter-flexible", () => {
  test("decides, in our words", async () => {
    const limiter = flexible(new RateLimiterMemory({ points: 3, duration: 60 }));
    const first = await limiter.consume("a", { cost: 2 });
    expect(first).toMatchObject({ allowed: true, key: "a", cost: 2, limit: 3, remaining: 1, reason: "ok" });
    expect(first.resetAfterMs > 0 && first.resetAfterMs <= 60_000).toBe(true);
    const refused = await limiter.consume("a", { cost: 2 });
    expect(refused).toMatchObject({ allowed: false, limit: 3, remaining: 0, reason: "limited" });
    expect(refused.retryAfterMs > 0 && refused.retryAfterMs <= 60_000).toBe(true);
    expect(refused.degraded).toBe(false);
    expect((await limiter.consume("b")).allowed).toBe(true);
  });

  test("limits a function, and its refusal is a reply", async () => {
    const limiter = flexible(new RateLimiterMemory({ points: 1, duration: 60 }));
    const send = limited((to: string) => `to ${to}`, { limiter, key: (to) => to });
    expect(await send("ann")).toBe("to ann");
    const error = await send("ann").catch((thrown: unknown) => thrown as RateLimitExceededError);
    if (!(error instanceof RateLimitExceededError)) throw new Error("it was not refused");
    const seconds = Number(error.headers["Retry-After"]);
    expect(seconds >= 1 && seconds <= 60).toBe(true);
    expect(Object.keys(error.headers).toSorted()).toEqual(["Cache-Control", "Retry-After"]);
  });

  test("a fault of its store is a fault, not a denial", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    const client = new Redis({
      port,
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    onTestFinished(() => client.disconnect());
    const limiter = flexible(new RateLimiterRedis({ storeClient: client, points: 1, duration: 60 }));
    const work = vi.fn<() => void>();
    const refused = limited(work, { limiter, key: "a", onLimit: "undefined" });
    const error = await refused().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: "STORE_FAILED", status: 503, cause: expect.any(Error) as Error });
    expect(work).not.toHaveBeenCalled();
  });
});

test("S0.22: @upstash/ratelimit decides, in our words", async ({ skip }) => {
  const { url, note } = inject("redis");
  skip(url === "", note);
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  // It speaks HTTP to its own service; here its script goes to a Redis, without the flag of that service.
  const redis = {
    evalsha: () => Promise.reject(new Error("NOSCRIPT")),
    eval: (script: string, keys: string[], args: (string | number)[]) =>
      client.eval(script.replace(/^#!.*\n/, ""), keys.length, ...keys, ...args),
  };
  const ratelimit = new Ratelimit({
    redis: redis as unknown as ConstructorParameters<typeof Ratelimit>[0]["redis"],
    limiter: Ratelimit.fixedWindow(3, "1 h"),
    prefix: `foreign ${process.pid}`,
    ephemeralCache: false,
    timeout: 0,
  });
  const limiter = foreignLimiter(async (key, cost) => {
    const { success, limit, remaining, reset } = await ratelimit.limit(key, { rate: cost });
    const untilReset = reset - Date.now();
    return { allowed: success, limit, remaining, retryAfterMs: untilReset, resetAfterMs: untilReset };
  });
  // A whole window, should an hour end here.
  const decisions = [];
  for (let i = 0; i < 7; i++) decisions.push(await limiter.consume("a"));
  const refused = decisions.find(({ allowed }) => !allowed);
  expect(decisions[0]).toMatchObject({ allowed: true, cost: 1, limit: 3, remaining: 2, retryAfterMs: 0 });
  expect(refused).toMatchObject({ limit: 3, remaining: 0, reason: "limited" });
  expect(refused!.retryAfterMs > 0 && refused!.retryAfterMs <= 3_600_000).toBe(true);
  await expect(limiter.acquire("b", { cost: 4 })).rejects.toThrow(RateLimitExceededError);
});

describe("S0.22: a limiter of any other make", () => {
  test("that says yes or no: nobody knows the wait, and no number is claimed", async () => {
    const seen: unknown[] = [];
    const counts = new Map<string, number>();
    const limiter = foreignLimiter((key, cost) => {
      seen.push([key, cost]);
      counts.set(key, (counts.get(key) ?? 0) + cost);
      return counts.get(key)! <= 2;
    });
    expect(await limiter.consume("a")).toEqual({
      allowed: true,
      key: "a",
      cost: 1,
      limit: Infinity,
      remaining: Infinity,
      retryAfterMs: 0,
      resetAfterMs: 0,
      reason: "ok",
      degraded: false,
      limits: [],
    });
    const refused = await limiter.consume("a", { cost: 2 });
    expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 1000, reason: "limited" });
    expect(rateLimitHeaders(refused)).toEqual({ "Retry-After": "1", "Cache-Control": "no-store" });
    await expect(limiter.acquire("a")).rejects.toMatchObject({
      retryAfterMs: undefined,
      decision: undefined,
    });
    expect(seen).toEqual([
      ["a", 1],
      ["a", 2],
      ["a", 1],
    ]);
  });

  test("that counts with INCR and an expiry in Redis", async ({ skip }) => {
    const { url, note } = inject("redis");
    skip(url === "", note);
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    const limiter = foreignLimiter(async (key, cost) => {
      const place = `foreign ${process.pid} ${key}`;
      const results = await client.multi().incrby(place, cost).expire(place, 60, "NX").pttl(place).exec();
      const [used, , retryAfterMs] = results!.map(([, value]) => value as number);
      return { allowed: used <= 2, limit: 2, remaining: 2 - used, retryAfterMs };
    });
    expect([(await limiter.consume("a")).remaining, (await limiter.consume("a")).remaining]).toEqual([1, 0]);
    const error = await limiter.acquire("a").catch((thrown: unknown) => thrown as RateLimitExceededError);
    expect(error).toBeInstanceOf(RateLimitExceededError);
    const { decision } = error as RateLimitExceededError;
    expect(decision).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
    expect(decision!.retryAfterMs > 0 && decision!.retryAfterMs <= 60_000).toBe(true);
  });

  test("runs and enters like ours", async () => {
    const open = foreignLimiter(() => ({ allowed: true, remaining: 4 }));
    expect(await open.run("a", ({ remaining }) => remaining)).toBe(4);
    expect((await open.enter("a")).decision.remaining).toBe(4);
    const work = vi.fn<() => void>();
    await expect(foreignLimiter(() => false).run("a", work)).rejects.toThrow(RateLimitExceededError);
    expect(work).not.toHaveBeenCalled();
  });

  test("that refuses by throwing our error refuses: consume tells, acquire throws", async () => {
    const inner = rateLimiter({ limits: "1/h" });
    const limiter = foreignLimiter((key) => inner.acquire(key).then(() => true));
    expect((await limiter.consume("a")).allowed).toBe(true);
    const refused = await limiter.consume("a");
    expect(refused).toMatchObject({ allowed: false, reason: "limited" });
    expect(refused.retryAfterMs).toBeGreaterThan(1000);
    await expect(limiter.acquire("a")).rejects.toThrow(RateLimitExceededError);
  });

  test("that can never let a call pass says so", async () => {
    const limiter = foreignLimiter(() => ({ allowed: false, retryAfterMs: Infinity }));
    expect(await limiter.consume("a")).toMatchObject({ reason: "never", retryAfterMs: Infinity });
  });

  test("whose clock is behind ours: a wait below 0 is 0", async () => {
    const limiter = foreignLimiter(() => ({
      allowed: false,
      retryAfterMs: -12,
      remaining: -1,
      resetAfterMs: -12,
    }));
    expect(await limiter.consume("a")).toMatchObject({ retryAfterMs: 0, remaining: 0, resetAfterMs: 0 });
    await expect(limiter.acquire("a")).rejects.toMatchObject({ retryAfterMs: 0 });
  });

  test("that throws, at once or later, is at fault: the cause is what was thrown", async () => {
    const down = new RangeError("down");
    const asks: AskForeign[] = [
      () => {
        throw down;
      },
      () => Promise.reject(down),
    ];
    for (const limiter of asks.map(foreignLimiter))
      for (const asked of [limiter.consume("a"), limiter.acquire("a")]) {
        const error = await asked.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StoreError);
        expect(error).toMatchObject({ code: "STORE_FAILED", cause: down });
      }
  });
});

describe("what is no answer is neither leave nor refusal", () => {
  test.each([
    [undefined, { code: "INVALID_OPTION" }],
    [null, { code: "INVALID_OPTION", value: null }],
    [1, { code: "INVALID_OPTION", value: 1 }],
    [{}, { code: "INVALID_OPTION", path: "allowed" }],
    [{ allowed: 1 }, { code: "INVALID_OPTION", path: "allowed", value: 1 }],
    [{ success: true }, { code: "UNKNOWN_OPTION", path: "success" }],
    [
      { allowed: false, retryAfter: 5 },
      { code: "UNKNOWN_OPTION", nearest: "retryAfterMs" },
    ],
    [
      { allowed: false, retryAfterMs: Number.NaN },
      { code: "INVALID_OPTION", path: "retryAfterMs" },
    ],
    [
      { allowed: true, remaining: "5" },
      { code: "INVALID_OPTION", path: "remaining", value: "5" },
    ],
  ])("%j", async (answer, fault) => {
    const limiter = foreignLimiter(() => answer as never);
    await expect(limiter.consume("a")).rejects.toMatchObject({ name: "ConfigurationError", ...fault });
    await expect(limiter.acquire("a")).rejects.toMatchObject(fault);
  });
});

test("wrong arguments never reach the other limiter", async () => {
  const ask = vi.fn<AskForeign>(() => true);
  const limiter = foreignLimiter(ask);
  for (const key of ["", undefined, { user: "42" }])
    await expect(limiter.acquire(key as string)).rejects.toMatchObject({ code: "INVALID_KEY" });
  for (const options of [{ cost: -1 }, { cost: { tokens: 1 } }, { cost: null }, 5])
    await expect(limiter.consume("a", options as never)).rejects.toMatchObject({ code: "INVALID_COST" });
  await expect(limiter.consume("a", { costs: 1 } as never)).rejects.toMatchObject({ nearest: "cost" });
  expect(ask).not.toHaveBeenCalled();
});

test("a limiter itself in the place of the function that asks it is refused at construction", () => {
  const other = new RateLimiterMemory({ points: 1, duration: 60 });
  for (const value of [other, undefined, "100/m"])
    expect(() => foreignLimiter(value as never)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code: "INVALID_OPTION", value }) as Error,
    );
});
