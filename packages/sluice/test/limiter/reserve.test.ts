import { describe, expect, test } from "vitest";
import {
  adaptive,
  concurrency,
  fixedWindow,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  type Settlement,
  slidingLog,
  slidingWindow,
  type SyncLimiter,
  tokenBucket,
} from "../../src/index.ts";
import { manualClock } from "../../src/testing/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { flush } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

/** Of each limit. */
const left = (limiter: SyncLimiter, key = "a") =>
  limiter.peekSync(key, { cost: 0 }).limits.map(({ remaining }) => remaining);

const MAX = Number.MAX_SAFE_INTEGER;
const slow = tokenBucket({ capacity: 100, refill: { amount: 1, per: "1m" }, name: "slow" });
const buckets = new Set(["tokenBucket", "leakyBucket", "gcra"]);

describe.each(everyAlgorithm)("reserve under %s", (name, make) => {
  test("charges the estimate, and gives back what was not needed", async () => {
    const { limiter } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 8 });
    expect(hold).toMatchObject({ allowed: true, reason: "ok", cost: 8, remaining: 2 });
    expect(left(limiter)).toEqual([2]);
    await expect(hold.settle(3)).resolves.toBe("settled");
    expect(left(limiter)).toEqual([7]);
  });

  test("charges what was needed beyond the estimate: a debt in buckets, else up to the limit", async () => {
    const { limiter, clock } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 4 });
    await hold.settle(15);
    expect(left(limiter)).toEqual([0]);
    const { retryAfterMs, resetAfterMs } = limiter.peekSync("a");
    if (buckets.has(name)) {
      expect({ retryAfterMs, resetAfterMs }).toEqual({ retryAfterMs: 36_000, resetAfterMs: 90_000 });
    }
    clock.advanceMicroseconds(retryAfterMs * 1000 - 1);
    expect(limiter.peekSync("a").allowed).toBe(false);
    clock.advanceMicroseconds(1);
    expect(limiter.peekSync("a").allowed).toBe(true);
  });

  test("cancel gives everything back", async () => {
    const { limiter } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 10 });
    await expect(hold.cancel()).resolves.toBe("settled");
    expect(left(limiter)).toEqual([10]);
    expect(limiter.peekSync("a", { cost: 0 }).resetAfterMs).toBe(0);
  });

  test("settled twice, or cancelled after that, it changes nothing more", async () => {
    const { limiter } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 5, id: "x" });
    expect(await hold.settle(3)).toBe("settled");
    for (const again of [() => hold.settle(3), () => hold.settle(9), () => hold.cancel()]) {
      expect(await again()).toBe("settled");
    }
    expect(await limiter.cancel("a", "x")).toBe("settled");
    expect(left(limiter)).toEqual([7]);
  });

  test("repeated under an id it charges nothing more, settled or not", async () => {
    const { limiter } = manualLimiter(make(10));
    const options = { cost: 7, id: "request 1" };
    const first = await limiter.reserve("a", options);
    const again = await limiter.reserve("a", options);
    expect([first.allowed, again.allowed, again.id]).toEqual([true, true, "request 1"]);
    expect(left(limiter)).toEqual([3]);
    await again.settle(2);
    expect((await limiter.reserve("a", options)).allowed).toBe(true);
    expect(await first.settle(7)).toBe("settled");
    expect(left(limiter)).toEqual([8]);
  });

  test("what is never settled stays spent, and is forgotten at its ttl, to the microsecond", async () => {
    const { limiter, clock } = manualLimiter(make(1000));
    const early = await limiter.reserve("a", { cost: 400, ttl: 5 });
    const late = await limiter.reserve("a", { cost: 400, ttl: 5 });
    clock.advanceMicroseconds(4999);
    expect(await early.cancel()).toBe("settled");
    const before = left(limiter);
    expect(before[0]).toBeGreaterThanOrEqual(600);
    clock.advanceMicroseconds(1);
    expect(await late.cancel()).toBe("expired");
    expect(await late.settle(0)).toBe("expired");
    expect(left(limiter)).toEqual(before);
    expect((await limiter.reserve("a", { cost: 1, id: late.id })).allowed).toBe(true);
    expect(left(limiter)).toEqual([before[0] - 1]);
  });

  test("refused, it charges nothing, and there is nothing to settle", async () => {
    const { limiter } = manualLimiter(make(10));
    const never = await limiter.reserve("a", { cost: 11, id: "x" });
    expect(never).toMatchObject({ allowed: false, reason: "never" });
    limiter.consumeSync("a", { cost: 5 });
    const refused = await limiter.reserve("a", { cost: 6, id: "x" });
    expect(refused).toMatchObject({ allowed: false, reason: "limited", remaining: 5 });
    expect(refused.retryAfterMs).toBe(limiter.peekSync("a", { cost: 6 }).retryAfterMs);
    expect([await refused.settle(3), await refused.cancel(), await never.settle(MAX)]).toEqual([
      "refused",
      "refused",
      "refused",
    ] satisfies Settlement[]);
    expect(await limiter.settle("a", "x", 0)).toBe("expired");
    expect(left(limiter)).toEqual([5]);
  });

  test("a reset forgets what was reserved, and nothing of it comes back later", async () => {
    const { limiter } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 8, id: "x" });
    await limiter.reset("a");
    limiter.consumeSync("a", { cost: 5 });
    expect(await hold.cancel()).toBe("expired");
    expect(left(limiter)).toEqual([5]);
    await limiter.reserve("a", { cost: 2, id: "x" });
    expect(left(limiter)).toEqual([3]);
    expect(await limiter.cancel("a", "x")).toBe("settled");
    expect(left(limiter)).toEqual([5]);
    limiter.resetSync("a");
    expect(await hold.settle(9)).toBe("expired");
    expect(left(limiter)).toEqual([10]);
  });

  test("amounts as large as numbers go stay exact", async () => {
    const { limiter } = manualLimiter(make(10));
    expect((await limiter.reserve("a", { cost: MAX })).reason).toBe("never");
    const hold = await limiter.reserve("a", { cost: 10, id: "x" });
    expect(await hold.settle(MAX)).toBe("settled");
    const { remaining, resetAfterMs, retryAfterMs } = limiter.peekSync("a");
    expect(remaining).toBe(0);
    for (const ms of [resetAfterMs, retryAfterMs]) expect(Number.isSafeInteger(ms * 1000)).toBe(true);
    if (buckets.has(name)) expect([resetAfterMs, retryAfterMs]).toEqual([120_000, 66_000]);
    await limiter.refund("a", MAX);
    expect(left(limiter)).toEqual([10]);
  });

  test("a limit of 0 refuses, and a debt beyond it is none", async () => {
    const { limiter } = manualLimiter([make(0), slow]);
    for (const cost of [0, 1]) {
      expect(await limiter.reserve("a", { cost })).toMatchObject({ allowed: false, reason: "never" });
    }
    expect(left(limiter)).toEqual([0, 100]);
    await limiter.refund("a", 5);
    expect(left(limiter)).toEqual([0, 100]);
  });

  test("a limit that only tells is settled for what it was charged, and for nothing if it would have refused", async () => {
    const { limiter } = manualLimiter([make(10, { dryRun: true }), slow]);
    const told = await limiter.reserve("a", { cost: 6 });
    expect(left(limiter)).toEqual([4, 94]);
    const over = await limiter.reserve("a", { cost: 6 });
    expect(over).toMatchObject({ allowed: true, limits: [{ allowed: false }, { allowed: true }] });
    expect(left(limiter)).toEqual([4, 88]);
    await over.settle(8);
    expect(left(limiter)).toEqual([4, 86]);
    await told.settle(1);
    expect(left(limiter)).toEqual([9, 91]);
  });

  test("countDenied counts a refused reservation as it does a refused call", async () => {
    const { limiter } = manualLimiter(make(10, { countDenied: true }));
    await limiter.reserve("a", { cost: 6 });
    const refused = await limiter.reserve("a", { cost: 6 });
    expect(refused.allowed).toBe(false);
    expect(left(limiter)).toEqual([0]);
    expect(await refused.cancel()).toBe("refused");
    expect(left(limiter)).toEqual([0]);
  });

  test("a clock that steps back keeps what was reserved, and mints nothing", async () => {
    const { limiter, clock } = manualLimiter(make(10));
    clock.advance("1h");
    const hold = await limiter.reserve("a", { cost: 8 });
    clock.advanceMicroseconds(-30 * 60_000_000);
    expect(left(limiter)).toEqual([2]);
    expect(await hold.settle(5)).toBe("settled");
    expect(left(limiter)[0]).toBeLessThanOrEqual(5);
    expect(left(limiter)[0]).toBeGreaterThanOrEqual(2);
  });

  test("a limit that was lowered or raised meanwhile is settled, never above full", async () => {
    const { limiter } = manualLimiter(make(10));
    const hold = await limiter.reserve("a", { cost: 8 });
    limiter.update({ limits: make(4) });
    expect(await hold.settle(7)).toBe("settled");
    expect(left(limiter)[0]).toBeLessThanOrEqual(1);
    const other = await limiter.reserve("b", { cost: 4 });
    limiter.update({ limits: make(20) });
    expect(await other.cancel()).toBe("settled");
    expect(left(limiter, "b")).toEqual([20]);
  });
});

describe("what is given back goes to the window that was charged", () => {
  test("of a fixed window: nothing comes back when it is over", async () => {
    const { limiter, clock } = manualLimiter(fixedWindow({ limit: 10, window: "1m" }));
    const hold = await limiter.reserve("a", { cost: 8, ttl: "1h" });
    clock.advance("1m");
    limiter.consumeSync("a", { cost: 5 });
    expect(await hold.cancel()).toBe("settled");
    expect(left(limiter)).toEqual([5]);
  });

  test("of a fixed window from the first call, too", async () => {
    const { limiter, clock } = manualLimiter(fixedWindow({ limit: 10, window: "1m", anchor: "first-call" }));
    const hold = await limiter.reserve("a", { cost: 8, ttl: "1h" });
    clock.advance("90s");
    limiter.consumeSync("a", { cost: 5 });
    expect(await hold.cancel()).toBe("settled");
    expect(left(limiter)).toEqual([5]);
  });

  test("of a sliding window: to the one before this, and beyond that to none", async () => {
    const { limiter, clock } = manualLimiter(slidingWindow({ limit: 10, window: "1m" }));
    const [first, second] = [
      await limiter.reserve("a", { cost: 4, ttl: "1h" }),
      await limiter.reserve("a", { cost: 4, ttl: "1h" }),
    ];
    clock.advance("90s");
    limiter.consumeSync("a", { cost: 5 });
    expect(left(limiter)).toEqual([1]);
    await first.cancel();
    expect(left(limiter)).toEqual([3]);
    clock.advance("30s");
    limiter.consumeSync("a", { cost: 2 });
    expect(left(limiter)).toEqual([3]);
    await second.cancel();
    expect(left(limiter)).toEqual([3]);
  });

  test("of a sliding log: from that very instant on", async () => {
    const { limiter, clock } = manualLimiter(slidingLog({ limit: 10, window: "1m" }));
    const hold = await limiter.reserve("a", { cost: 4, ttl: "1h" });
    clock.advance("30s");
    limiter.consumeSync("a", { cost: 3 });
    await hold.settle(1);
    expect(left(limiter)).toEqual([6]);
    clock.advance("30s");
    expect(left(limiter)).toEqual([7]);
    clock.advance("30s");
    expect(left(limiter)).toEqual([10]);
  });

  test("of a bucket: to its level, never above full", async () => {
    const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 10, refill: "1/s" }));
    const [first, second] = [
      await limiter.reserve("a", { cost: 6 }),
      await limiter.reserve("a", { cost: 4 }),
    ];
    await second.settle(1);
    expect(left(limiter)).toEqual([3]);
    clock.advance("20s");
    expect(left(limiter)).toEqual([10]);
    expect(await first.cancel()).toBe("settled");
    expect(left(limiter)).toEqual([10]);
    expect(limiter.consumeSync("a", { cost: 11 }).allowed).toBe(false);
    expect(limiter.consumeSync("a", { cost: 10 }).allowed).toBe(true);
    expect(limiter.consumeSync("a").allowed).toBe(false);
  });

  test("adaptive: to its guard and to its sensor", async () => {
    const { limiter, clock } = manualLimiter(adaptive({ limit: 10, window: "1m" }));
    const hold = await limiter.reserve("a", { cost: 10, ttl: "1h" });
    clock.advance("10s");
    await hold.cancel();
    expect(left(limiter)).toEqual([20]);
    clock.advance("5m");
    expect(limiter.peekSync("a", { cost: 0 }).resetAfterMs).toBe(0);
  });
});

describe("several limits", () => {
  const limits = [
    tokenBucket({ capacity: 1000, refill: { amount: 1000, per: "1m" }, name: "tokens" }),
    fixedWindow({ limit: 5, window: "1m", name: "requests" }),
  ];

  test("are reserved all or none, and settled with costs of their own", async () => {
    const { limiter } = manualLimiter(limits);
    const hold = await limiter.reserve("a", { cost: { tokens: 800 } });
    expect(hold).toMatchObject({ allowed: true, limits: [{ cost: 800 }, { cost: 1 }] });
    expect(left(limiter)).toEqual([200, 4]);
    expect((await limiter.reserve("a", { cost: { tokens: 300 } })).allowed).toBe(false);
    expect(left(limiter)).toEqual([200, 4]);
    await hold.settle({ tokens: 350 });
    expect(left(limiter)).toEqual([650, 4]);
    await expect(hold.settle({ token: 1 })).rejects.toMatchObject({
      code: "INVALID_COST",
      nearest: "tokens",
    });
  });

  test("of several subjects are settled for each", async () => {
    const clock = manualClock();
    const limiter = rateLimiter<{ user: string; tenant: string }>({
      limits: [
        fixedWindow({ limit: 10, window: "1m", by: "user", name: "u" }),
        fixedWindow({ limit: 100, window: "1m", by: "tenant", name: "t" }),
      ],
      store: memoryStore({ clock }),
    });
    const hold = await limiter.reserve({ user: "1", tenant: "acme" }, { cost: 6, id: "x" });
    expect(hold.allowed).toBe(true);
    const remaining = async (user: string) =>
      (await limiter.peek({ user, tenant: "acme" })).limits.map((limit) => limit.remaining);
    // The id is of these subjects together.
    expect(await limiter.cancel({ user: "2", tenant: "acme" }, "x")).toBe("expired");
    expect(await limiter.settle({ tenant: "acme", user: "1" }, "x", { u: 1, t: 2 })).toBe("settled");
    expect([await remaining("1"), await remaining("2")]).toEqual([
      [8, 97],
      [9, 97],
    ]);
  });

  test("that changed places are not settled for each other", async () => {
    const { limiter } = manualLimiter(limits);
    await limiter.reserve("a", { cost: { tokens: 800, requests: 1 }, id: "x" });
    await limiter.reserve("a", { cost: { tokens: 0, requests: 4 }, id: "y" });
    limiter.update({ limits: limits.toReversed() });
    expect(left(limiter)).toEqual([0, 200]);
    expect(await limiter.settle("a", "x", { tokens: 800, requests: 1 })).toBe("expired");
    expect(left(limiter)).toEqual([0, 200]);
    limiter.update({ limits });
    expect(await limiter.cancel("a", "y")).toBe("settled");
    expect(left(limiter)).toEqual([200, 4]);
  });

  test("that became other limits are not settled for those", async () => {
    const { limiter } = manualLimiter(fixedWindow({ limit: 10, window: "1m" }));
    await limiter.reserve("a", { cost: 8, id: "x" });
    limiter.update({ limits: fixedWindow({ limit: 10, window: "1h" }) });
    limiter.consumeSync("a", { cost: 9 });
    expect(await limiter.cancel("a", "x")).toBe("expired");
    expect(left(limiter)).toEqual([1]);
  });
});

describe("ids", () => {
  const odd = [
    "x",
    "x ",
    "é",
    "\n",
    "\u0000",
    "\ud800",
    "__proto__",
    '","',
    "x".repeat(257),
    "x".repeat(258),
  ];

  test("of any characters and any length are told apart, and so are keys", async () => {
    const { limiter } = manualLimiter(fixedWindow({ limit: 100, window: "1m" }));
    const keys = ["a", "b", "k".repeat(300), "k".repeat(301)];
    for (const key of keys) for (const id of odd) await limiter.reserve(key, { id, cost: 2 });
    expect(keys.map((key) => left(limiter, key))).toEqual(keys.map(() => [80]));
    for (const [i, id] of odd.entries()) expect(await limiter.settle("b", id, i % 2)).toBe("settled");
    expect(keys.map((key) => left(limiter, key)[0])).toEqual([80, 95, 80, 80]);
  });

  test("by default are random, and can be settled from elsewhere", async () => {
    const { limiter } = manualLimiter("10/m");
    const holds = await Promise.all([1, 2, 3].map(() => limiter.reserve("a")));
    expect(new Set(holds.map(({ id }) => id)).size).toBe(3);
    expect(await limiter.cancel("a", holds[1].id)).toBe("settled");
    expect(left(limiter)).toEqual([8]);
  });

  test("of another limiter, key or namespace are unknown", async () => {
    const store = memoryStore();
    const of = (namespace: string, name: string) => rateLimiter({ limits: "10/m", store, namespace, name });
    await of("one", "a").reserve("a", { id: "x" });
    for (const [namespace, name, key] of [
      ["one", "a", "b"],
      ["one", "b", "a"],
      ["two", "a", "a"],
    ]) {
      expect(await of(namespace, name).cancel(key, "x")).toBe("expired");
    }
    expect(await of("one", "a").cancel("a", "x")).toBe("settled");
  });
});

describe("blocks", () => {
  test("a blocked key reserves nothing anew, and settles what it has", async () => {
    const { limiter } = manualLimiter("10/m");
    const hold = await limiter.reserve("a", { cost: 5, id: "x" });
    await limiter.block("a", "1m");
    expect(await limiter.reserve("a", { id: "y" })).toMatchObject({ allowed: false, reason: "blocked" });
    expect((await limiter.reserve("a", { cost: 5, id: "x" })).allowed).toBe(true);
    expect(await hold.settle(1)).toBe("settled");
    expect(left(limiter)).toEqual([9]);
  });
});

describe("wrong arguments", () => {
  test("throw with a code, and charge nothing", async () => {
    const { limiter } = manualLimiter("10/m");
    const wrong = (options: object) => limiter.reserve("a", options);
    for (const id of ["", 1, null, {}]) {
      await expect(wrong({ id })).rejects.toMatchObject({ code: "INVALID_OPTION", path: "id", value: id });
      await expect(limiter.settle("a", id as string, 1)).rejects.toMatchObject({ code: "INVALID_OPTION" });
      await expect(limiter.cancel("a", id as string)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
    for (const ttl of [0, -1, 0.5, "1 month", 367 * 86_400_000, Number.NaN, null]) {
      await expect(wrong({ ttl })).rejects.toMatchObject({ code: "INVALID_DURATION" });
    }
    for (const cost of [-1, 0.5, Number.NaN, Infinity, "1", 2 ** 53, { nobody: 1 }, [1]]) {
      await expect(wrong({ cost })).rejects.toMatchObject({ code: "INVALID_COST" });
      await expect(limiter.settle("a", "x", cost as number)).rejects.toMatchObject({ code: "INVALID_COST" });
    }
    await expect(wrong({ costs: 1 })).rejects.toMatchObject({ code: "UNKNOWN_OPTION", nearest: "cost" });
    for (const key of ["", 1, undefined, {}]) {
      await expect(limiter.reserve(key as string)).rejects.toMatchObject({ code: "INVALID_KEY" });
      await expect(limiter.settle(key as string, "x", 1)).rejects.toMatchObject({ code: "INVALID_KEY" });
      await expect(limiter.cancel(key as string, "x")).rejects.toMatchObject({ code: "INVALID_KEY" });
    }
    expect(left(limiter)).toEqual([10]);
  });

  test("a settlement with a wrong cost can be tried again", async () => {
    const { limiter } = manualLimiter("10/m");
    const hold = await limiter.reserve("a", { cost: 5 });
    await expect(hold.settle(-1)).rejects.toMatchObject({ code: "INVALID_COST" });
    await expect(hold.settle(undefined as never)).rejects.toMatchObject({ code: "INVALID_COST" });
    expect(await hold.settle(1)).toBe("settled");
    expect(left(limiter)).toEqual([9]);
  });
});

describe("a full memory store", () => {
  const full = (maxKeys: number, onOverflow?: () => void) => {
    const clock = manualClock();
    const store = memoryStore({ clock, maxKeys, onOverflow });
    return { clock, store, limiter: rateLimiter({ limits: "1000/h", store }) };
  };

  test("pays exactly what is settled, one after the other, however many", async () => {
    const { limiter } = full(10);
    for (let n = 0; n < 100; n++) {
      const hold = await limiter.reserve("a", { cost: 10 });
      expect(hold).toMatchObject({ allowed: true, degraded: false });
      expect(await hold.settle(1)).toBe("settled");
      expect(await hold.settle(1)).toBe("settled");
    }
    expect(left(limiter)).toEqual([900]);
  });

  test("forgets settled ones first, and keeps each that is open", async () => {
    const { limiter } = full(200);
    const open = [];
    for (let n = 0; n < 100; n++) open.push(await limiter.reserve("a", { cost: 2, id: `open ${n}` }));
    for (let n = 0; n < 300; n++) {
      await limiter.reserve("b", { cost: 2, id: `settled ${n}` });
      expect(await limiter.settle("b", `settled ${n}`, 1)).toBe("settled");
    }
    for (const hold of open) expect(await hold.settle(1)).toBe("settled");
    expect([left(limiter), left(limiter, "b")]).toEqual([[900], [700]]);
    const known = [];
    for (let n = 0; n < 300; n++) known.push(await limiter.settle("b", `settled ${n}`, 0));
    expect(known.filter((told) => told === "settled").length).toBeGreaterThan(30);
    expect(left(limiter, "b")).toEqual([700]);
  });

  test("remembers settled ones of other limiters only as long as there is room", async () => {
    const { limiter, store } = full(3);
    const other = rateLimiter({ limits: ["10/h", "20/d"], store, name: "other" });
    for (const id of ["x", "y", "z"]) await other.settle("a", (await other.reserve("a", { id })).id, 1);
    expect(await other.settle("a", "x", 1)).toBe("settled");
    const open = [];
    for (let n = 0; n < 3; n++) open.push(await limiter.reserve("a", { cost: 3 }));
    for (const id of ["x", "y", "z"]) expect(await other.settle("a", id, 0)).toBe("expired");
    for (const hold of open) expect(await hold.settle(1)).toBe("settled");
    expect(left(limiter)).toEqual([997]);
  });

  test("full of open ones charges the next, says so, and does not remember it: the estimate stays spent", async () => {
    let told = 0;
    const { limiter, clock } = full(2, () => told++);
    const first = await limiter.reserve("a", { cost: 4, ttl: "1m" });
    await limiter.reserve("a", { cost: 4, ttl: "1m" });
    expect(told).toBe(0);
    const late = await limiter.reserve("a", { cost: 4, ttl: "1m" });
    expect(late).toMatchObject({ allowed: true, degraded: "overflow" });
    expect(await late.cancel()).toBe("expired");
    expect(told).toBe(1);
    expect(left(limiter)).toEqual([988]);
    expect(await first.cancel()).toBe("settled");
    expect((await limiter.reserve("a", { cost: 1 })).degraded).toBe(false);
    clock.advance("1m");
    const hold = await limiter.reserve("a", { cost: 5 });
    expect([hold.degraded, await hold.cancel()]).toEqual([false, "settled"]);
    expect(left(limiter)).toEqual([991]);
  });

  test("full of keys keeps what is reserved", async () => {
    const { limiter } = full(1);
    limiter.consumeSync("first");
    const hold = await limiter.reserve("late", { cost: 4 });
    expect(hold).toMatchObject({ allowed: true, degraded: "overflow" });
    expect(await hold.settle(1)).toBe("settled");
    expect(left(limiter, "late")).toEqual([999]);
  });

  test("ends nobody else's block by unblocking one of a shared bucket", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock, maxKeys: 1 });
    const limiter = rateLimiter({ limits: "10/h", store });
    limiter.consumeSync("first");
    const keys = Array.from({ length: 3000 }, (_, i) => `k${i}`);
    for (const key of keys) await limiter.block(key, "1h");
    for (const key of keys.slice(1500)) await limiter.unblock(key);
    const free = keys.slice(0, 1500).filter((key) => limiter.peekSync(key).reason !== "blocked");
    expect(free).toEqual([]);
  });
});

describe("a store that fails", () => {
  const failing = (onStoreError: "local" | "open" | "closed" | "throw", limits: LimitsInput = "10/h") => {
    const store = faultyStore();
    return { store, limiter: rateLimiter({ limits, store, namespace: "r", onStoreError, onEvent() {} }) };
  };

  test("local: is reserved and settled in this process", async () => {
    const { store, limiter } = failing("local");
    store.fault = DOWN;
    const hold = await limiter.reserve("a", { cost: 8, id: "x" });
    expect(hold).toMatchObject({ allowed: true, degraded: "local", remaining: 2 });
    expect((await limiter.reserve("a", { cost: 8, id: "x" })).allowed).toBe(true);
    expect(await hold.settle(1)).toBe("settled");
    expect(await limiter.consume("a", { cost: 9 })).toMatchObject({
      allowed: true,
      degraded: "local",
      remaining: 0,
    });
    store.fault = undefined;
    // What was reserved here is none of the store's business.
    expect(await hold.settle(1)).toBe("settled");
  });

  test("open and closed: nothing is kept", async () => {
    const open = failing("open");
    open.store.fault = DOWN;
    const passed = await open.limiter.reserve("a", { cost: 800 });
    expect(passed).toMatchObject({ allowed: true, degraded: "open" });
    expect(await passed.settle(1)).toBe("expired");
    const closed = failing("closed");
    closed.store.fault = DOWN;
    const refused = await closed.limiter.reserve("a");
    expect(refused).toMatchObject({ allowed: false, degraded: "closed", reason: "store-error" });
    expect(await refused.settle(1)).toBe("refused");
  });

  test("throw: throws", async () => {
    const { store, limiter } = failing("throw");
    store.fault = DOWN;
    await expect(limiter.reserve("a")).rejects.toBe(DOWN);
  });

  test.each(["local", "open", "closed", "throw"] as const)(
    "%s: a settlement that fails throws, and is paid once when it is tried again",
    async (policy) => {
      const { store, limiter } = failing(policy);
      const hold = await limiter.reserve("a", { cost: 8 });
      store.fault = DOWN;
      await expect(hold.settle(3)).rejects.toBe(DOWN);
      await expect(limiter.cancel("a", hold.id)).rejects.toBe(DOWN);
      store.fault = undefined;
      expect(await hold.settle(3)).toBe("settled");
      expect(await limiter.peek("a", { cost: 0 })).toMatchObject({ remaining: 7 });
    },
  );

  test("one that answers too late may have paid, and does not pay again", async () => {
    const store = faultyStore();
    const limits = "10/h";
    const limiter = rateLimiter({ limits, store, namespace: "r", timeoutMs: 1, onEvent() {} });
    const hold = await limiter.reserve("a", { cost: 8 });
    store.fault = "silent";
    await expect(hold.settle(3)).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
    store.fault = undefined;
    store.answerLate();
    await flush();
    expect(await hold.settle(5)).toBe("settled");
    expect(await limiter.peek("a", { cost: 0 })).toMatchObject({ remaining: 7 });
  });

  test("one that was closed throws STORE_CLOSED", async () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: "10/h", store });
    const hold = await limiter.reserve("a");
    await store.close();
    await expect(limiter.reserve("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
    await expect(hold.cancel()).rejects.toMatchObject({ code: "STORE_CLOSED" });
  });
});

test("a reservation of what counts at once is free again at the ttl of its limit", async () => {
  const { limiter, clock } = manualLimiter([concurrency({ limit: 1, ttl: "10s" }), slow]);
  const hold = await limiter.reserve("a", { cost: 1, ttl: "4s" });
  clock.advance("4s");
  expect(await hold.cancel()).toBe("expired");
  expect(left(limiter)).toEqual([0, 99]);
  clock.advance("6s");
  expect(left(limiter)).toEqual([1, 99]);
});

test("what counts at once is given back whole, whatever was paid", async () => {
  const { limiter } = manualLimiter([concurrency({ limit: 4, ttl: "10s" }), slow]);
  const hold = await limiter.reserve("a", { cost: 3 });
  const other = await limiter.reserve("a", { cost: 1 });
  expect(left(limiter)).toEqual([0, 96]);
  await hold.settle(90);
  expect(left(limiter)).toEqual([3, 9]);
  await other.cancel();
  expect(left(limiter)).toEqual([4, 10]);
});
