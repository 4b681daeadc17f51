import * as fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import {
  concurrency,
  fixedWindow,
  memoryStore,
  rateLimiter,
  slidingWindow,
  type Store,
  tokenBucket,
} from "../../src/index.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { manualClock } from "../../src/testing/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { collectGarbage } from "../memory/collectGarbage.ts";
import { strict } from "../redis/strict.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const proportional = { carry: "proportional", version: "2" } as const;
const left = { cost: 0 };

describe("an update by carry: proportional", () => {
  test.each(everyAlgorithm)("of %s keeps the share that was used, rounded up", (_, make) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(),
        (before, after, spent) => {
          const { limiter } = manualLimiter(make(before));
          const used = spent % (before + 1);
          limiter.consumeSync("a", { cost: used });
          limiter.update({ limits: make(after), ...proportional });
          const share = Number((BigInt(used) * BigInt(after) + BigInt(before) - 1n) / BigInt(before));
          expect(limiter.peekSync("a", left).remaining).toBe(after - share);
          expect(limiter.peekSync("a", left).remaining).toBe(after - share);
          expect(limiter.peekSync("b", left).remaining).toBe(after);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("is exact where the product of two limits is not", () => {
    const { limiter } = manualLimiter(fixedWindow({ limit: 999_999_999, window: "1d" }));
    limiter.consumeSync("a", { cost: 999_999_998 });
    limiter.update({ limits: fixedWindow({ limit: 1_000_000_000, window: "1d" }), ...proportional });
    expect(limiter.peekSync("a", left).remaining).toBe(1);
  });

  test("brings nothing along from a limit of 0", () => {
    const { limiter } = manualLimiter(fixedWindow({ limit: 0, window: "1d" }));
    expect(limiter.consumeSync("a").reason).toBe("never");
    limiter.update({ limits: fixedWindow({ limit: 10, window: "1d" }), ...proportional });
    expect(limiter.peekSync("a", left).remaining).toBe(10);
  });

  test("matches limits by name, those without by place, and leaves what runs at once alone", async () => {
    const { limiter } = manualLimiter([
      fixedWindow({ limit: 10, window: "1d", name: "daily" }),
      slidingWindow({ limit: 4, window: "1m" }),
      concurrency({ limit: 5 }),
    ]);
    await limiter.consume("a", { cost: { daily: 5, "4/m": 2 } });
    limiter.update({
      limits: [
        tokenBucket({ capacity: 100, refill: "1/s", name: "burst" }),
        slidingWindow({ limit: 40, window: "1h" }),
        concurrency({ limit: 8 }),
        fixedWindow({ limit: 20, window: "1d", name: "daily" }),
      ],
      ...proportional,
    });
    const { limits } = await limiter.peek("a", left);
    expect(limits.map(({ remaining }) => remaining)).toEqual([100, 20, 8, 10]);
  });

  test("is done once for a key, whatever number of processes updates, and survives another update", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const [one, two] = [1, 2].map(() => rateLimiter({ limits: "10/h", store }));
    one.consumeSync("a", { cost: 5 });
    const limits = "100/h";
    one.update({ limits, ...proportional });
    one.consumeSync("a", { cost: 20 });
    two.update({ limits, ...proportional });
    expect(two.peekSync("a", left).remaining).toBe(30);
    two.consumeSync("b");
    one.update({ limits: "200/h" });
    expect(one.peekSync("a", left).remaining).toBe(130);
    expect(one.peekSync("b", left).remaining).toBe(199);
  });

  test("brings along what a key used that calls only after a further update", () => {
    const { limiter } = manualLimiter("10/h");
    limiter.consumeSync("a", { cost: 5 });
    limiter.update({ limits: "100/h", ...proportional });
    limiter.update({ limits: "200/h" });
    expect(limiter.peekSync("a", left).remaining).toBe(100);
    limiter.update({ limits: "200/h", carry: "reset", version: "3" });
    expect(limiter.peekSync("a", left).remaining).toBe(200);
  });

  test("is done once, also where a process updates when the new window is long over, or has forgotten the key", () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const [one, two] = [1, 2].map(() => rateLimiter({ limits: "100/d", store }));
    one.consumeSync("a", { cost: 60 });
    const limits = "10/m";
    one.update({ limits, ...proportional });
    expect(one.peekSync("a", left).remaining).toBe(4);
    clock.advance("2m");
    two.update({ limits, ...proportional });
    expect(two.peekSync("a", left).remaining).toBe(10);
    for (let other = 0; other < 10_001; other++) one.peekSync(`other ${other}`, left);
    expect(one.peekSync("a", left).remaining).toBe(10);
  });

  test("may be followed by any number of others: what is long over is no longer asked", () => {
    const clock = manualClock();
    const memory = memoryStore({ clock });
    let asked = 0;
    const prepare: typeof memory.prepare = (plan) => {
      const prepared = memory.prepare(plan);
      const { actSync } = prepared;
      return { ...prepared, actSync: (...call) => (asked++, actSync(...call)) };
    };
    const limiter = rateLimiter({ limits: "10/h", store: { ...memory, prepare } });
    for (let version = 0; version < 300; version++) {
      limiter.update({ limits: "10/h", carry: "proportional", version: `${version}` });
      clock.advance("1h");
    }
    limiter.consumeSync("a", { cost: 5 });
    expect(asked).toBeLessThan(5);
    for (const version of ["x", "y", "z"])
      limiter.update({ limits: "100/h", carry: "proportional", version });
    expect(limiter.peekSync("a", left).remaining).toBe(50);
  });

  test("may be followed by others without end: what is over is not kept, though what follows it is not over yet", async () => {
    const clock = manualClock();
    const memory = memoryStore({ clock });
    const made: WeakRef<object>[] = [];
    const prepare: typeof memory.prepare = (plan) => {
      const prepared = memory.prepare(plan);
      made.push(new WeakRef(prepared));
      return prepared;
    };
    const limiter = rateLimiter({ limits: "10/h", store: { ...memory, prepare } });
    for (let version = 0; version < 20; version++) {
      limiter.update({ limits: "10/h", carry: "proportional", version: `${version}` });
      clock.advance("30m");
      limiter.consumeSync(`${version}`);
    }
    await collectGarbage();
    expect(made[0].deref()).toBeUndefined();
    expect(limiter.peekSync("19", left).remaining).toBe(9);
  });

  test("brings along what was used before a shorter window, however late the key calls", () => {
    const { limiter, clock } = manualLimiter(fixedWindow({ limit: 10, window: "1d", anchor: "first-call" }));
    limiter.consumeSync("a", { cost: 5 });
    limiter.update({ limits: "10/m", ...proportional });
    clock.advance("1h");
    limiter.update({ limits: "100/h", carry: "proportional", version: "3" });
    expect(limiter.peekSync("a", left).remaining).toBe(50);
  });

  test("reaches from and to limits that a function tells, by promise too", async () => {
    const limiter = rateLimiter({ limits: () => "10/h", store: memoryStore({ clock: manualClock() }) });
    limiter.consumeSync("a", { cost: 5 });
    limiter.update({ limits: () => "100/h", ...proportional });
    expect(limiter.peekSync("a", left).remaining).toBe(50);
    const later = rateLimiter({ limits: async () => "10/h" as const, store: memoryStore() });
    await later.consume("a", { cost: 5 });
    later.update({ limits: async () => "20/h" as const, ...proportional });
    const both = await Promise.all([later.consume("a"), later.consume("a")]);
    expect(both.map(({ remaining }) => remaining)).toEqual([9, 8]);
  });

  test("of a function that fails rejects, charges nothing, and is tried again", async () => {
    let fails = false;
    const limits = async () => {
      if (fails) throw new Error("gone");
      return "10/h" as const;
    };
    const limiter = rateLimiter({ limits, store: memoryStore() });
    await limiter.consume("a", { cost: 5 });
    limiter.update({ limits: async () => "20/h" as const, ...proportional });
    fails = true;
    const both = await Promise.allSettled([limiter.consume("a"), limiter.consume("a")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    fails = false;
    expect((await limiter.peek("a", left)).remaining).toBe(10);
  });

  test("of a store that fails is tried again with the next call, which the policy answers", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "10/h", store, onStoreError: "open", onEvent: () => {} });
    await limiter.consume("a", { cost: 5 });
    limiter.update({ limits: "100/h", ...proportional });
    store.fault = DOWN;
    await expect(limiter.consume("a")).resolves.toMatchObject({ allowed: true, degraded: "open" });
    store.fault = undefined;
    await expect(limiter.peek("a", left)).resolves.toMatchObject({ remaining: 50 });
  });

  test.each<[string, () => Store]>([
    ["SQLite", () => sqliteStore(":memory:")],
    ["Redis", () => redisStore(connect(), { onWarning: () => {} })],
  ])("holds on %s, for calls of one turn too", async (_, make) => {
    const namespace = `proportional ${process.pid} ${Date.now()}`;
    const limiter = rateLimiter({ ...strict, limits: "10/d", store: make(), namespace });
    await limiter.consume("a", { cost: 5 });
    limiter.update({ limits: "100/d", ...proportional });
    const decisions = await limiter.consumeMany(["a", "a", "b"]);
    expect(decisions.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual([48, 49, 99]);
  });

  test("needs a version", () => {
    const { limiter } = manualLimiter("10/h");
    const update = () => limiter.update({ limits: "20/h", carry: "proportional" } as never);
    expect(update).toThrow(expect.objectContaining({ code: "INVALID_OPTION", path: "version" }));
  });
});

function connect(): Redis {
  const client = new Redis(inject("redis").url);
  onTestFinished(() => client.disconnect());
  return client;
}
