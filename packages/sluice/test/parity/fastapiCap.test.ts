import { createServer } from "node:http";
import express from "express";
import {
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  type Reply,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "sluice";
import { rateLimit } from "sluice/express";
import { manualClock } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { algorithms, everywhere, stores } from "./algorithms.ts";

function limiterOf(limits: LimitsInput) {
  const clock = manualClock();
  const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
  const admits = (key = "a") => {
    let admitted = 0;
    while (admitted < 100 && limiter.consumeSync(key).allowed) admitted++;
    return admitted;
  };
  return { clock, limiter, admits };
}

test.each(everywhere)(
  "S1.5, S4.5: %s on the %s store answers the one call, with a cost or without",
  async (algorithm, store) => {
    const limiter = rateLimiter({ limits: algorithms[algorithm](), store: stores[store]() });
    expect(await limiter.consume("a")).toMatchObject({ allowed: true, cost: 1, limit: 10, remaining: 9 });
    expect(await limiter.consume("a", { cost: 4 })).toMatchObject({ allowed: true, cost: 4, remaining: 5 });
    const refused = await limiter.consume("a", { cost: 6 });
    expect(refused).toMatchObject({ allowed: false, remaining: 5, reason: "limited" });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
  },
);

test.each(everywhere)(
  "S4.36: %s on the %s store is atomic: of 100 calls at once 10 pass",
  async (algorithm, store) => {
    const limiter = rateLimiter({ limits: algorithms[algorithm](), store: stores[store]() });
    const decisions = await Promise.all(Array.from({ length: 100 }, () => limiter.consume("a")));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
  },
);

test("S1.15, S1.51: units of a window are summed, in every algorithm that has one", () => {
  for (const make of [fixedWindow, slidingWindow, slidingLog]) {
    const { windowMs } = make({ limit: 5, window: { minutes: 1, seconds: 30 } });
    expect(windowMs).toBe(90_000);
  }
  expect(fixedWindow({ limit: 5, window: { days: 1, hours: 1 } }).windowMs).toBe(90_000_000);
});

test("S1.16: rates are summed into one", () => {
  const summed = tokenBucket({ capacity: 60, refill: ["1/s", "60/m", { amount: 3600, per: "1h" }] });
  const { clock, limiter, admits } = limiterOf(summed);
  expect(admits()).toBe(60);
  expect(limiter.peekSync("a", { cost: 3 }).retryAfterMs).toBe(1000);
  clock.advance("1s");
  expect(admits()).toBe(3);
});

const wrong: [what: string, make: () => unknown, code: string][] = [
  ["fixedWindow without a limit", () => fixedWindow({ window: "1m" } as never), "INVALID_LIMIT"],
  ["fixedWindow of limit -1", () => fixedWindow({ limit: -1, window: "1m" }), "INVALID_LIMIT"],
  ["fixedWindow of limit 1.5", () => fixedWindow({ limit: 1.5, window: "1m" }), "INVALID_LIMIT"],
  ["fixedWindow of no units", () => fixedWindow({ limit: 1, window: {} }), "INVALID_DURATION"],
  ["fixedWindow of 0 seconds", () => fixedWindow({ limit: 1, window: { seconds: 0 } }), "INVALID_DURATION"],
  ["fixedWindow of -1 ms", () => fixedWindow({ limit: 1, window: -1 }), "INVALID_DURATION"],
  ["slidingWindow of limit -1", () => slidingWindow({ limit: -1, window: "1m" }), "INVALID_LIMIT"],
  ["slidingWindow of 0 ms", () => slidingWindow({ limit: 1, window: 0 }), "INVALID_DURATION"],
  ["slidingLog of limit -1", () => slidingLog({ limit: -1, window: "1m" }), "INVALID_LIMIT"],
  ["slidingLog of 0 ms", () => slidingLog({ limit: 1, window: 0 }), "INVALID_DURATION"],
  ["tokenBucket of capacity -1", () => tokenBucket({ capacity: -1, refill: "1/s" }), "INVALID_LIMIT"],
  ["tokenBucket without refill", () => tokenBucket({ capacity: 1, refill: [] }), "INVALID_LIMIT"],
  ["tokenBucket of refill 0", () => tokenBucket({ capacity: 1, refill: "0/s" }), "INVALID_LIMIT"],
  ["leakyBucket of capacity -1", () => leakyBucket({ capacity: -1, leak: "1/s" }), "INVALID_LIMIT"],
  ["leakyBucket of leak 0", () => leakyBucket({ capacity: 1, leak: "0/s" }), "INVALID_LIMIT"],
  ["gcra of burst -1", () => gcra({ burst: -1, rate: "1/s" }), "INVALID_LIMIT"],
  ["gcra of rate 0", () => gcra({ burst: 1, rate: { amount: 0, per: "1s" } }), "INVALID_LIMIT"],
];
test.each(wrong)("S1.19, S1.22: %s is refused at construction", (_what, make, code) => {
  expect(make).toThrow(expect.objectContaining({ name: "ConfigurationError", code }) as Error);
});

test.each(Object.keys(algorithms))("S1.21: %s tells its numbers as plain data", (algorithm) => {
  const limit: Limit = algorithms[algorithm]();
  expect(limit).toMatchObject({ limit: 10, windowMs: 86_400_000 });
  expect(Object.isFrozen(limit)).toBe(true);
});

test("S1.18, S1.20: the calls of a fixed window share its counter, which starts afresh with the next one", () => {
  const { clock, admits } = limiterOf(fixedWindow({ limit: 3, window: "1m" }));
  clock.advance("59s");
  expect(admits()).toBe(3);
  expect(admits()).toBe(0);
  clock.advance("1s");
  expect(admits()).toBe(3);
});

test("S1.34: tokens come back continuously, and each call takes one", () => {
  const { clock, limiter } = limiterOf(tokenBucket({ capacity: 5, refill: "1/s" }));
  limiter.consumeSync("a", { cost: 4 });
  clock.advance(250);
  expect(limiter.peekSync("a", { cost: 0 }).limits[0].details).toEqual({ tokens: 1.25 });
  expect(limiter.consumeSync("a").limits[0].details).toEqual({ tokens: 0.25 });
});

test("S1.39, S1.40: a leaky bucket leaks at a constant rate, and refuses what would overflow", () => {
  const { clock, limiter, admits } = limiterOf(leakyBucket({ capacity: 3, leak: "2/s" }));
  expect(admits()).toBe(3);
  for (let i = 0; i < 10; i++) {
    clock.advance(499.999);
    expect(limiter.consumeSync("a").allowed).toBe(false);
    clock.advance(0.001);
    expect(limiter.consumeSync("a").limits[0].details).toEqual({ level: 3 });
  }
});

test("S1.44, S1.45, S1.46: GCRA serves burst at once from idle, then one an interval, by the theoretical arrival time", () => {
  const { clock, limiter, admits } = limiterOf(gcra({ burst: 4, rate: "2/s" }));
  expect(limiter.consumeSync("a").limits[0].details).toEqual({ tatMs: 500 });
  expect(admits()).toBe(3);
  expect(limiter.peekSync("a", { cost: 0 }).limits[0].details).toEqual({ tatMs: 2000 });
  for (let i = 0; i < 10; i++) {
    expect(limiter.consumeSync("a").retryAfterMs).toBe(500);
    clock.advance(500);
    expect(admits()).toBe(1);
  }
});

test("S1.52, S1.53: a sliding log is exact: each call leaves one window after it came", () => {
  const { clock, limiter, admits } = limiterOf(slidingLog({ limit: 3, window: "1m" }));
  for (let i = 0; i < 3; i++) {
    expect(limiter.consumeSync("a").allowed).toBe(true);
    clock.advance("10s");
  }
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 30_000 });
  clock.advance(29_999.999);
  expect(admits()).toBe(0);
  clock.advance(0.001);
  expect(admits()).toBe(1);
  clock.advance("10s");
  expect(admits()).toBe(1);
});

test("S1.58: a limiter is ready when it is built, and what is no store is refused then", () => {
  expect(rateLimiter({ limits: "1/m" }).consumeSync("a").allowed).toBe(true);
  expect(() => rateLimiter({ limits: "1/m", store: {} as never })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION" }) as Error,
  );
});

test("S1.61: limiters share nothing unless they are given one store, and there namespaces and names part them", () => {
  const limits = "1/m";
  const store = memoryStore({ clock: manualClock() });
  const apart = [
    rateLimiter({ limits }),
    rateLimiter({ limits }),
    rateLimiter({ limits, store }),
    rateLimiter({ limits, store, name: "other" }),
    rateLimiter({ limits, store, namespace: "other" }),
  ];
  expect(apart.map((limiter) => limiter.consumeSync("a").allowed)).toEqual(apart.map(() => true));
  expect(rateLimiter({ limits, store }).consumeSync("a").allowed).toBe(false);
});

const later: Reply = { status: 418, headers: [], body: "later" };
const ann = () => "ann";

describe("in routes of Express", () => {
  test("S1.50: GCRA runs before a route, and onLimit answers when it is exceeded", async () => {
    const app = express();
    const limits = gcra({ burst: 2, rate: "1/h" });
    app.get(
      "/",
      rateLimit({ limits, onLimit: () => later }),
      (_request, response) => void response.send("hello"),
    );
    const { send } = await listen(createServer(app));
    expect([(await send()).body, (await send()).body, (await send()).body]).toEqual([
      "hello",
      "hello",
      "later",
    ]);
  });

  test("S1.59: several run in order, and the first that refuses stops the rest, which are not charged", async () => {
    const store = memoryStore({ clock: manualClock() });
    const second = rateLimiter({ limits: "9/m", store, name: "* /**" });
    const app = express();
    app.get(
      "/",
      rateLimit({ limits: "2/m", identify: ann }),
      rateLimit({ limits: "9/m", identify: ann, store }),
      (_request, response) => void response.send("hello"),
    );
    const { send } = await listen(createServer(app));
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
    expect(second.peekSync("ann", { cost: 0 }).remaining).toBe(7);
  });

  test('S1.8, S1.60: one of pool "path" on several routes keeps a quota for each address and path', async () => {
    const app = express();
    const limited = rateLimit({ rules: [{ limits: "1/m", pool: "path" }] });
    for (const path of ["/a", "/b"]) app.get(path, limited, (_request, response) => void response.send(path));
    const { send } = await listen(createServer(app));
    const status = async (target: string) => (await send({ target })).status;
    expect([await status("/a"), await status("/b"), await status("/a"), await status("/b")]).toEqual([
      200, 200, 429, 429,
    ]);
  });
});
