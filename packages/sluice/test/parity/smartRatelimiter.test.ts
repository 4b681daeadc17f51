import { readFileSync } from "node:fs";
import {
  adaptive,
  ConfigurationError,
  fixedWindow,
  IdentityError,
  isSluiceError,
  leakyBucket,
  type LimitsInput,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
  slidingLog,
  slidingWindow,
  StoreError,
  tokenBucket,
} from "sluice";
import { manualClock } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { testGuard } from "../guard/ask.ts";
import { algorithms, everywhere, stores } from "./algorithms.ts";

const root = new URL("../../../../", import.meta.url);
const manifestOf = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8"));

function limiterOf(limits: LimitsInput) {
  const clock = manualClock();
  const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
  const admits = () => {
    let admitted = 0;
    while (limiter.consumeSync("a").allowed) admitted++;
    return admitted;
  };
  return { clock, limiter, admits, details: () => limiter.peekSync("a", { cost: 0 }).limits[0].details };
}

test("S0.17, S4.1: the package installs nothing else", () => {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifestOf(
    "packages/sluice/package.json",
  );
  expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
  for (const name of Object.keys(peerDependencies))
    expect(peerDependenciesMeta[name]).toEqual({ optional: true });
});

test("S4.101: one command for the tests, one for format, types, lint and package", () => {
  const { scripts } = manifestOf("package.json");
  expect(scripts.test).toContain("vitest run");
  expect(scripts.check).toMatch(/format:check.*lint.*types.*package/);
});

test.each([slidingWindow, slidingLog, fixedWindow])("S4.8: %o takes windows below a second", (algorithm) => {
  const { clock, admits } = limiterOf(algorithm({ limit: 2, window: 500 }));
  expect(admits()).toBe(2);
  clock.advance("1s");
  expect(admits()).toBe(2);
});

/** How many calls pass a second before the edge of a minute, and how many a second after it. */
function aroundTheEdge(limits: LimitsInput): [before: number, after: number] {
  const { clock, admits } = limiterOf(limits);
  clock.advance("59s");
  const before = admits();
  clock.advance("2s");
  return [before, admits()];
}

describe("at the edge of two windows", () => {
  test("S4.11: a fixed window lets twice its limit pass in a short time", () => {
    expect(aroundTheEdge(fixedWindow({ limit: 100, window: "1m" }))).toEqual([100, 100]);
  });

  test("S4.12: a sliding log lets nothing more pass", () => {
    expect(aroundTheEdge(slidingLog({ limit: 100, window: "1m" }))).toEqual([100, 0]);
  });

  test("S1.31, S4.14: a sliding window of two counters lets nearly nothing more pass", () => {
    expect(aroundTheEdge(slidingWindow({ limit: 100, window: "1m" }))).toEqual([100, 1]);
  });
});

test("S1.31, S4.13, S4.14: two counters are three numbers a key, however many calls; a log grows with each", () => {
  expect(slidingWindow({ limit: 1000, window: "1m" }).machine).toMatchObject({ width: 3 });
  expect(slidingWindow({ limit: 1000, window: "1m" }).machine.grows ?? false).toBe(false);
  expect(slidingLog({ limit: 1000, window: "1m" }).machine.grows).toBe(true);
});

test("S4.15: 45 calls in the window before, half of it left, and 12 in this one are 34.5", () => {
  const { clock, limiter, details } = limiterOf(slidingWindow({ limit: 100, window: "1m" }));
  limiter.consumeSync("a", { cost: 45 });
  clock.advance("90s");
  limiter.consumeSync("a", { cost: 12 });
  expect(details()).toEqual({ current: 12, previous: 45, weight: 0.5, used: 34.5 });
});

test("S4.17, S4.18: a client that keeps to the refill rate is never refused, whatever the capacity", () => {
  const { clock, limiter } = limiterOf(tokenBucket({ capacity: 1, refill: "7/s" }));
  for (let i = 0; i < 10_000; i++) {
    expect(limiter.consumeSync("a").allowed).toBe(true);
    clock.advanceMicroseconds(142_858);
  }
});

test("S4.19, S4.20: a leaky bucket that is full takes one call for each that leaked, and no burst", () => {
  const { clock, admits } = limiterOf(leakyBucket({ capacity: 5, leak: "1/s" }));
  expect(admits()).toBe(5);
  for (let i = 0; i < 10; i++) {
    expect(admits()).toBe(0);
    clock.advance("1s");
    expect(admits()).toBe(1);
  }
});

describe("adaptive", () => {
  const options = { limit: 100, window: "1m", burstMultiplier: 3, loadWindow: "5m" } as const;

  test("S4.21, S4.22, S4.28: when it is quiet, limit times burstMultiplier pass at once, and no more", () => {
    const { admits, limiter } = limiterOf(adaptive({ ...options, penalty: 0 }));
    expect(admits()).toBe(300);
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, limit: 300 });
    expect(limiterOf(adaptive({ limit: 100, window: "1m", penalty: 0 })).admits()).toBe(200);
  });

  test("S4.24, S4.25, S4.26, S4.27: the cap is whole to a load of 0.4, cut by penalty from 0.8, linear in between", () => {
    for (const [load, cap] of [
      [0.2, 300],
      [0.4, 300],
      [0.5, 262],
      [0.6, 225],
      [0.8, 150],
    ]) {
      const { clock, limiter, details } = limiterOf(adaptive(options));
      clock.set(Math.ceil(clock.now / 300_000) * 300_000);
      const cost = load * 100;
      for (let minute = 0; minute < 5; minute++) {
        limiter.consumeSync("a", { cost });
        if (minute < 4) clock.advance("1m");
      }
      expect(details()).toMatchObject({ load, effectiveBurst: cap });
    }
  });

  test("S4.23, S4.30: the load is that of the last five windows, and the cap comes back by itself", () => {
    const { clock, limiter, details } = limiterOf(adaptive({ limit: 100, window: "1m", burstMultiplier: 3 }));
    limiter.consumeSync("a", { cost: 250 });
    expect(details()).toMatchObject({ load: 0.5, effectiveBurst: 262 });
    clock.advance("10m");
    expect(details()).toMatchObject({ load: 0, effectiveBurst: 300 });
  });

  test("S4.29: however bursty, the average over time is limit a window", () => {
    const { clock, limiter } = limiterOf(adaptive(options));
    let admitted = 0;
    for (let second = 0; second < 3600; second++) {
      while (limiter.consumeSync("a").allowed) admitted++;
      clock.advance("1s");
    }
    expect(admitted).toBeGreaterThan(5900);
    expect(admitted).toBeLessThanOrEqual(300 + 6000);
  });

  test("S4.31, S4.32: its details tell the layer that is nearer to refusing, tokens, cap, load and count", () => {
    const { clock, limiter, details } = limiterOf(adaptive(options));
    limiter.consumeSync("a", { cost: 100 });
    expect(details()).toEqual({
      layer: "token_bucket",
      tokens: 200,
      effectiveBurst: 300,
      load: 0.2,
      windowCount: 100,
    });
    clock.advance("30s");
    expect(details()).toMatchObject({ layer: "sliding_window", tokens: 250, windowCount: 100 });
  });

  test("S4.32: on a refusal of the guard, which is also the first of a burst, layer is sliding_window", () => {
    const { limiter, details } = limiterOf(adaptive({ limit: 10, window: "10s", burstMultiplier: 1 }));
    for (let i = 0; i < 10; i++) limiter.consumeSync("a");
    const { allowed, limits } = limiter.consumeSync("a");
    expect([allowed, limits[0].details.layer]).toEqual([false, "sliding_window"]);
    expect(details()).toMatchObject({ layer: "sliding_window", windowCount: 10, effectiveBurst: 10 });

    const late = limiterOf(adaptive({ limit: 100, window: "1m", loadWindow: "1m" }));
    late.clock.set(Math.ceil(late.clock.now / 60_000) * 60_000 + 59_000);
    late.limiter.consumeSync("a", { cost: 200 });
    late.clock.advance("11s");
    expect(late.limiter.consumeSync("a").limits[0]).toMatchObject({
      allowed: false,
      details: { layer: "sliding_window", effectiveBurst: 100, tokens: 0 },
    });
  });
});

test("S4.33, S4.34: the page on algorithms has a list to choose by and a table with every algorithm", () => {
  const page = readFileSync(new URL("docs/algorithms.md", root), "utf8");
  const [, questions, table] = /## Which one\n\n(1\. .*?)\n\n(\|.*?)\n\n/s.exec(page) ?? [];
  expect(questions.match(/^\d\. /gm)!.length).toBeGreaterThan(4);
  const names = [
    "fixed window",
    "sliding window",
    "sliding log",
    "token bucket",
    "leaky bucket",
    "GCRA",
    "adaptive",
  ];
  for (const name of names) expect(table).toContain(name);
});

test("S4.82, S4.83, S4.84, S4.85, S4.86, S4.87, S4.88: what a decision tells", () => {
  const { clock, limiter } = limiterOf(fixedWindow({ limit: 2, window: "1m" }));
  clock.advance("23s");
  expect(limiter.consumeSync("user:42")).toEqual({
    allowed: true,
    key: "user:42",
    cost: 1,
    limit: 2,
    remaining: 1,
    retryAfterMs: 0,
    resetAfterMs: 37_000,
    reason: "ok",
    degraded: false,
    limits: [expect.objectContaining({ name: "default", algorithm: "fixed-window", details: { count: 1 } })],
  });
  limiter.consumeSync("user:42");
  const refused = limiter.consumeSync("user:42");
  expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 37_000, reason: "limited" });
});

test("S4.92: a decision is an object of its own: to change it changes nothing", () => {
  const { limiter } = limiterOf("5/m");
  const first = limiter.consumeSync("a");
  Object.assign(first, { allowed: false, remaining: 1000 });
  Object.assign(first.limits[0], { remaining: 1000 });
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, remaining: 3, limits: [{ remaining: 3 }] });
});

test.each(everywhere)(
  "S4.98: reset forgets a key, and no other: %s on the %s store",
  async (algorithm, store) => {
    const limiter = rateLimiter({ limits: algorithms[algorithm](), store: stores[store]() });
    for (const key of ["a", "b"]) await limiter.consume(key, { cost: 10 });
    await limiter.reset("a");
    expect(await limiter.consume("a")).toMatchObject({ allowed: true, remaining: 9 });
    expect(await limiter.consume("b")).toMatchObject({ allowed: false });
  },
);

test("S4.98: reset unblocks a key", async () => {
  const store = memoryStore({ clock: manualClock() });
  const guarded = testGuard({ store, rules: [{ limits: "1/m", blockFor: "1h" }] });
  await guarded.admits("GET /");
  const limiter = rateLimiter({ limits: "9/m", store, name: "other" });
  expect(limiter.consumeSync("ann").reason).toBe("blocked");
  limiter.resetSync("ann");
  expect(limiter.consumeSync("ann").allowed).toBe(true);
});

test("S4.99: every error is an Error of one family with a code, and a kind of its own", async () => {
  const store = memoryStore();
  const limiter = rateLimiter({ limits: "1/m", store });
  limiter.consumeSync("a");
  const caught: unknown[] = [];
  const keep = (error: unknown) => void caught.push(error);
  await limiter.acquire("a").catch(keep);
  await limiter.consume("a", { cost: -1 }).catch(keep);
  await testGuard({ limits: "1/m", identify: () => undefined })
    .ask("GET /")
    .catch(keep);
  await store.close();
  await limiter.consume("a").catch(keep);
  const kinds = [RateLimitExceededError, ConfigurationError, IdentityError, StoreError];
  expect(caught.map((error) => kinds.filter((kind) => error instanceof kind))).toEqual(
    kinds.map((kind) => [kind]),
  );
  expect(caught.every((error) => isSluiceError(error) && error instanceof Error)).toBe(true);
});
