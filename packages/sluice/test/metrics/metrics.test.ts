import * as fc from "fast-check";
import { eventStream, fixedWindow, memoryStore, metrics, rateLimiter, tokenBucket } from "sluice";
import { rateLimit } from "sluice/express";
import { manualClock } from "sluice/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { testGuard } from "../guard/ask.ts";

afterEach(() => void vi.useRealTimers());

/** A limiter that lets ten calls pass, with what counts them. */
function counted(options: Parameters<typeof metrics>[1] = {}) {
  const limiter = rateLimiter({
    limits: fixedWindow({ limit: 10, window: "1h" }),
    store: memoryStore({ clock: manualClock() }),
  });
  const spend = (key: string, calls: number) => {
    for (let i = 0; i < calls; i++) limiter.consumeSync(key);
  };
  return { limiter, spend, counts: metrics(limiter, options) };
}

test.each([
  ["nothing", undefined],
  ["null", null],
  ["an object without events", {}],
  ["the middleware of rateLimit", rateLimit({ limits: "10/h" })],
])("%s tells no events, and is refused by name", (_, source) => {
  const refused = {
    code: "INVALID_OPTION",
    value: source,
    message: expect.stringContaining("eventStream()"),
  };
  expect(() => metrics(source as never)).toThrow(expect.objectContaining(refused));
});

describe("of a key", () => {
  test("S4.74, S4.76, S4.78: fifteen calls at a limit of ten are ten allowed, five dropped, and a third of all", () => {
    const { counts, spend } = counted();
    spend("user:1", 15);
    expect(counts.stats("user:1")).toEqual({
      key: "user:1",
      allowed: 10,
      dropped: 5,
      total: 15,
      dropRate: 5 / 15,
      error: 0,
    });
  });

  test("S4.76: one that never came has zeros", () => {
    const { counts } = counted();
    expect(counts.stats("nobody")).toEqual({
      key: "nobody",
      allowed: 0,
      dropped: 0,
      total: 0,
      dropRate: 0,
      error: 0,
    });
  });

  test("subjects are named as the call names them", () => {
    const limiter = rateLimiter({ limits: tokenBucket({ capacity: 1, refill: "1/h", by: "tenant" }) });
    const counts = metrics(limiter);
    limiter.consumeSync({ tenant: "acme" });
    expect(counts.stats({ tenant: "acme" }).allowed).toBe(1);
  });

  test("a long one is kept as its hash", () => {
    const { counts, spend } = counted();
    const key = "x".repeat(100_000);
    spend(key, 11);
    expect(counts.stats(key)).toMatchObject({ allowed: 10, dropped: 1 });
    expect(Object.keys(counts.stats().perKey)).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  });

  test("names of Object.prototype are keys like others", () => {
    const { counts, spend } = counted();
    spend("__proto__", 1);
    spend("constructor", 1);
    expect(counts.stats("toString").total).toBe(0);
    const { perKey } = counts.stats();
    expect(Object.keys(perKey).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["__proto__", "constructor"]);
    for (const counted of Object.values(perKey)) expect(counted).toEqual({ allowed: 1, dropped: 0 });
  });
});

describe("of all", () => {
  test("S4.77: totals, and for each key only what was allowed and dropped", () => {
    const { counts, spend } = counted();
    spend("a", 12);
    spend("b", 3);
    expect(counts.stats()).toMatchObject({ allowed: 13, dropped: 2, total: 15, dropRate: 2 / 15 });
    expect(counts.stats().perKey).toEqual({
      a: { allowed: 10, dropped: 2 },
      b: { allowed: 3, dropped: 0 },
    });
  });

  test("outcomes stand by limiter and by the limit that refused", () => {
    const events = eventStream();
    const store = memoryStore({ clock: manualClock() });
    const limits = [
      fixedWindow({ limit: 2, window: "1m", name: "burst" }),
      fixedWindow({ limit: 3, window: "1h", name: "hour" }),
      fixedWindow({ limit: 1, window: "1d", name: "trial", dryRun: true }),
    ];
    const limiter = rateLimiter({ limits, store, events, name: "api" });
    const counts = metrics(events);
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    limiter.consumeSync("a", { cost: 9 });
    const plain = { limiter: "api", degraded: false };
    expect(counts.stats().outcomes).toEqual([
      { ...plain, limit: undefined, outcome: "allowed", count: 1 },
      { ...plain, limit: "trial", outcome: "dry-run", count: 1 },
      { ...plain, limit: "burst", outcome: "limited", count: 1 },
      { ...plain, limit: "burst", outcome: "never", count: 1 },
    ]);
    expect(counts.stats()).toMatchObject({ allowed: 2, dropped: 2 });
  });

  test("of several limits that refuse the one with the longest wait is counted", () => {
    const limits = [
      fixedWindow({ limit: 1, window: "1m", name: "minute" }),
      fixedWindow({ limit: 1, window: "1h", name: "hour" }),
      fixedWindow({ limit: 1, window: "1s", name: "second" }),
    ];
    const limiter = rateLimiter({ limits, store: memoryStore({ clock: manualClock() }) });
    const counts = metrics(limiter);
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    expect(counts.stats().outcomes.map(({ limit }) => limit)).toEqual([undefined, "hour"]);
  });

  test("rules that only tell drop nobody, and deny lists do", async () => {
    const events = eventStream();
    const counts = metrics(events);
    const guard = testGuard({
      events,
      rules: [
        { path: "/try", limits: "1/m", dryRun: true },
        { limits: "5/m", deny: { keys: ["eve"] } },
      ],
    });
    await guard.ask("GET /try");
    await guard.ask("GET /try");
    await guard.ask("GET /", { key: "eve" });
    expect(counts.stats().outcomes.map(({ limiter, outcome }) => [limiter, outcome])).toEqual([
      ["* /try", "allowed"],
      ["* /try", "dry-run"],
      ["* /**", "denied"],
    ]);
    expect(counts.stats("ann")).toMatchObject({ allowed: 2, dropped: 0 });
    expect(counts.stats("eve")).toMatchObject({ allowed: 0, dropped: 1 });
  });

  test("what answered in place of the store is told apart", async () => {
    const store = faultyStore();
    store.fault = DOWN;
    const limiter = rateLimiter({ limits: "1/h", store, onStoreError: "closed", onEvent: () => {} });
    const counts = metrics(limiter);
    await limiter.consume("a");
    expect(counts.stats().outcomes).toEqual([
      { limiter: "default", limit: undefined, outcome: "store-error", degraded: "closed", count: 1 },
    ]);
  });

  test("the latency of the store stands in buckets", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const took = [0.05, 0.1, 0.2, 3, 5000];
    const clock = manualClock();
    const store = memoryStore({
      clock() {
        vi.advanceTimersByTime(took[0]);
        return clock();
      },
    });
    const limiter = rateLimiter({ limits: "100/h", store });
    const counts = metrics(limiter);
    while (took.length > 0) {
      limiter.consumeSync("a");
      took.shift();
    }
    const { count, totalMs, buckets } = counts.stats().store;
    expect(count).toBe(5);
    expect(totalMs).toBeCloseTo(5003.35, 6);
    expect(buckets.filter((bucket) => bucket.count > 0)).toEqual([
      { upToMs: 0.1, count: 2 },
      { upToMs: 0.25, count: 1 },
      { upToMs: 5, count: 1 },
      { upToMs: Infinity, count: 1 },
    ]);
  });
});

describe("S4.103: who is dropped", () => {
  test("the top offenders are the keys that were refused most, however many others come once", () => {
    const { counts, spend } = counted({ maxKeys: 20 });
    for (let i = 0; i < 1000; i++) spend(`visitor ${i}`, 1);
    spend("scraper", 300);
    spend("bot", 100);
    for (let i = 0; i < 1000; i++) spend(`later ${i}`, 2);
    expect(counts.topOffenders(2)).toEqual([
      { key: "scraper", dropped: 290, error: 0 },
      { key: "bot", dropped: 90, error: 0 },
    ]);
    expect(counts.topOffenders()).toHaveLength(2);
    expect(counts.stats()).toMatchObject({ allowed: 3020, dropped: 380 });
  });

  test("memory is bounded: of many keys as many are counted as were asked for", () => {
    const { counts, spend } = counted({ maxKeys: 5 });
    for (let i = 0; i < 100; i++) spend(`key ${i}`, 11);
    expect(Object.keys(counts.stats().perKey).length).toBeLessThanOrEqual(10);
    expect(counts.stats()).toMatchObject({ allowed: 1000, dropped: 100 });
    expect(counts.stats("key 99").error).toBeGreaterThan(0);
  });
});

describe("beyond maxKeys a key that made room", () => {
  test("among the allowed still stands among the dropped, and its error tells how often it may have been allowed", () => {
    const limiter = rateLimiter({ limits: "1/d", store: memoryStore({ clock: manualClock() }) });
    const counts = metrics(limiter, { maxKeys: 2 });
    for (const key of ["a", "a", "a", "a", "b", "c", "d"]) limiter.consumeSync(key);
    expect(counts.stats("a")).toMatchObject({ allowed: 0, dropped: 3, total: 3, error: 1 });
    expect(counts.stats("nobody")).toMatchObject({ total: 0, error: 1 });
  });

  test("differs by no more than its error from what came, as every key does", () => {
    const key = fc
      .oneof({ weight: 2, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(20) })
      .map(String);
    const calls = fc.array(key, { maxLength: 120, size: "max" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), calls, (maxKeys, keys) => {
        const { counts, spend } = counted({ maxKeys });
        for (const key of keys) spend(key, 1);
        for (const key of keys) {
          const came = keys.filter((other) => other === key).length;
          const { total, error } = counts.stats(key);
          expect(Math.abs(total - came)).toBeLessThanOrEqual(error);
        }
      }),
    );
  });
});

describe("S4.81: reset", () => {
  test("forgets everything", () => {
    const { counts, spend } = counted();
    const fresh = counts.stats();
    spend("a", 12);
    counts.reset();
    expect(counts.stats()).toEqual(fresh);
    expect(counts.topOffenders()).toEqual([]);
    spend("a", 1);
    expect(counts.stats("a")).toMatchObject({ allowed: 0, dropped: 1 });
  });

  test("of a key forgets that key, in the totals too", () => {
    const { counts, spend } = counted();
    spend("a", 12);
    spend("b", 4);
    counts.reset("a");
    counts.reset("nobody");
    expect(counts.stats("a").total).toBe(0);
    expect(counts.stats()).toMatchObject({ allowed: 4, dropped: 0, perKey: { b: { allowed: 4 } } });
  });
});

describe("the counting", () => {
  test("S4.75: needs no wrapper: the limiter stays as it is, and all of its verbs are counted", async () => {
    const { counts, limiter } = counted();
    await limiter.consume("a");
    await limiter.acquire("a");
    await limiter.run("a", () => {});
    limiter.acquireSync("a");
    await limiter.peek("a");
    await limiter.reset("a");
    expect(counts.stats("a").total).toBe(4);
  });

  test("S4.80: whatever else counts listens to the same events", () => {
    const limiter = rateLimiter({ limits: fixedWindow({ limit: 1, window: "1h" }) });
    const sent: string[] = [];
    limiter.events.on("decision", ({ limiter: name, decision }) =>
      sent.push(`sluice.${name}.${decision.allowed ? "allowed" : "dropped"}:1|c`),
    );
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    expect(sent).toEqual(["sluice.default.allowed:1|c", "sluice.default.dropped:1|c"]);
  });

  test("ends when it is stopped, and what was counted stays", () => {
    const { counts, spend } = counted();
    spend("a", 1);
    counts.stop();
    spend("a", 1);
    expect(counts.stats("a").total).toBe(1);
  });

  test.each([0, 1.5, -1, 2_000_000, Number.NaN, "5"])("a maxKeys of %s is refused", (maxKeys) => {
    expect(() => counted({ maxKeys: maxKeys as number })).toThrow(
      /metrics maxKeys must be a whole number from 1 to 1000000/,
    );
  });

  test("a misspelt option is refused", () => {
    expect(() => counted({ capacity: 5 } as never)).toThrow('metrics has no option "capacity"');
  });
});
