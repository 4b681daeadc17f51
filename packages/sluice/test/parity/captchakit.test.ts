import { createServer } from "node:http";
import express, { type NextFunction, type Request, type Response } from "express";
import {
  ConfigurationError,
  fixedWindow,
  isSluiceError,
  type Limiter,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
  rateLimitHeaders,
  type SyncLimiter,
  tokenBucket,
} from "sluice";
import { manualClock } from "sluice/testing";
import { expect, test } from "vitest";
import { listen } from "../adapters/exchange.ts";

const issuer = (limiter: Pick<Limiter, "acquire">) => {
  const issued: string[] = [];
  const issue = async (key: string) => {
    await limiter.acquire(key);
    return issued.push(key);
  };
  return { issue, issued };
};

function bucketOf(capacity: number, refill: "1/s" | "2/s") {
  const clock = manualClock();
  const store = memoryStore({ clock });
  return { clock, limiter: rateLimiter({ limits: tokenBucket({ capacity, refill }), store }) };
}

function refusalOf(limiter: SyncLimiter, key: string): RateLimitExceededError {
  try {
    limiter.acquireSync(key);
  } catch (error) {
    if (error instanceof RateLimitExceededError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

test("S0.1, S0.31: an operation that asks the limiter first does nothing when it is refused", async () => {
  const { limiter } = bucketOf(1, "1/s");
  const { issue, issued } = issuer(limiter);
  await issue("198.51.100.7");
  await expect(issue("198.51.100.7")).rejects.toThrow(RateLimitExceededError);
  expect(issued).toEqual(["198.51.100.7"]);
  expect((await limiter.peek("198.51.100.7")).retryAfterMs).toBe(1000);
});

test("S0.5: another limiter takes the place of one without a change to the calls", async () => {
  for (const limits of [
    tokenBucket({ capacity: 2, refill: "1/s" }),
    fixedWindow({ limit: 2, window: "1d" }),
  ]) {
    const { issue } = issuer(rateLimiter({ limits, store: memoryStore({ clock: manualClock() }) }));
    expect([await issue("a"), await issue("a")]).toEqual([1, 2]);
    await expect(issue("a")).rejects.toThrow(RateLimitExceededError);
  }
});

test("S0.7, S0.8, S0.9: five at once, then one a second, for each key by itself", () => {
  const { clock, limiter } = bucketOf(5, "1/s");
  const passes = () => Array.from({ length: 6 }, () => limiter.consumeSync("a").allowed);
  expect(passes()).toEqual([true, true, true, true, true, false]);
  clock.advance("1s");
  expect(passes()).toEqual([true, false, false, false, false, false]);
  expect(limiter.consumeSync("b").remaining).toBe(4);
  clock.advance("1h");
  expect(passes()).toEqual([true, true, true, true, true, false]);
});

test("S0.10: memory stores share nothing, as two processes do not", () => {
  const [first, second] = [bucketOf(1, "1/s").limiter, bucketOf(1, "1/s").limiter];
  expect(first.consumeSync("a").allowed).toBe(true);
  expect(first.consumeSync("a").allowed).toBe(false);
  expect(second.consumeSync("a").allowed).toBe(true);
});

test("S0.11, S0.12, S0.28: a refusal is thrown, names the key, and tells the time until the next token", () => {
  const { clock, limiter } = bucketOf(1, "2/s");
  limiter.acquireSync("203.0.113.9");
  clock.advance(125.5);
  const error = refusalOf(limiter, "203.0.113.9");
  expect(error).toMatchObject({ key: "203.0.113.9", retryAfterMs: 374.5, status: 429, statusCode: 429 });
  expect(error.decision).toMatchObject({ allowed: false, limit: 1, limits: [{ windowMs: 500 }] });
  expect(error.message).toContain('"203.0.113.9"');
  expect(isSluiceError(error) && error.code).toBe("RATE_LIMIT_EXCEEDED");
});

test("S0.20: a refusal can be made of a key alone, without a hint", () => {
  const error = new RateLimitExceededError("a");
  expect(error.message).toBe('rate limit exceeded for "a"');
  expect([error.retryAfterMs, error.decision]).toEqual([undefined, undefined]);
});

test("S0.23, S2.29: a refusal that nobody catches is answered with 429 by Express", async () => {
  const { limiter } = bucketOf(1, "1/s");
  const app = express().set("env", "test");
  app.get("/", (_request, response, next) => {
    limiter.acquire("a").then(() => response.send("issued"), next);
  });
  const { send } = await listen(createServer(app));
  expect([(await send()).status, (await send()).status]).toEqual([200, 429]);
});

test("S0.24, S0.25: an error handler answers with a body of its own and Retry-After, 1 without a hint", async () => {
  const { limiter } = bucketOf(1, "1/s");
  const app = express();
  app.get("/known", (_request, response, next) => {
    limiter.acquire("a").then(() => response.send("issued"), next);
  });
  app.get("/unknown", () => {
    throw new RateLimitExceededError("a");
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof RateLimitExceededError)) return next(error);
    const { decision, retryAfterMs } = error;
    const fields = decision === undefined ? { "Retry-After": "1" } : rateLimitHeaders(decision);
    const retry_after = retryAfterMs === undefined ? null : retryAfterMs / 1000;
    response.status(429).set(fields).json({ error: "rate_limited", retry_after });
  });
  const { send } = await listen(createServer(app));
  await send({ target: "/known" });
  const [known, unknown] = [await send({ target: "/known" }), await send({ target: "/unknown" })];
  expect([known.status, known.headers["retry-after"], JSON.parse(known.body)]).toEqual([
    429,
    "1",
    { error: "rate_limited", retry_after: 1 },
  ]);
  expect([unknown.status, unknown.headers["retry-after"], JSON.parse(unknown.body)]).toEqual([
    429,
    "1",
    { error: "rate_limited", retry_after: null },
  ]);
});

test("S0.26: the verbs are asynchronous", async () => {
  const { limiter } = bucketOf(9, "1/s");
  for (const verb of ["consume", "acquire", "peek", "reset"] as const) {
    const promised = limiter[verb]("a");
    expect(promised).toBeInstanceOf(Promise);
    await promised;
  }
});

test.each([
  { capacity: -1, refill: "1/s" },
  { capacity: 2.5, refill: "1/s" },
  { capacity: Number.NaN, refill: "1/s" },
  { refill: "1/s" },
  { capacity: 5, refill: "0/s" },
  { capacity: 5, refill: "-1/s" },
  { capacity: 5, refill: { amount: 0.5, per: "1s" } },
  { capacity: 5 },
])("S0.27: a bucket of %j is refused at construction", (options) => {
  expect(() => tokenBucket(options as never)).toThrow(ConfigurationError);
});

test.each(["", undefined, null])(
  "S0.31: the key %j is refused, never a bucket that all share",
  async (key) => {
    const { limiter } = bucketOf(5, "1/s");
    await expect(limiter.consume(key as string)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_KEY" }) as Error,
    );
  },
);
