import { describe, expect, test } from "vitest";
import {
  fixedWindow,
  memoryStore,
  rateLimiter,
  slidingLog,
  slidingWindow,
  type SyncLimiter,
  tokenBucket,
} from "../../src/index.ts";
import { manualClock } from "../../src/testing/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { flush, watch } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

const left = (limiter: SyncLimiter, key = "a") =>
  limiter.peekSync(key, { cost: 0 }).limits.map(({ remaining }) => remaining);

describe.each(everyAlgorithm)("refund under %s", (_, make) => {
  test("gives back 1, or a cost", async () => {
    const { limiter } = manualLimiter(make(10));
    limiter.consumeSync("a", { cost: 9 });
    await expect(limiter.refund("a")).resolves.toBe(undefined);
    expect(left(limiter)).toEqual([2]);
    await limiter.refund("a", 3);
    await limiter.refund("a", 0);
    expect(left(limiter)).toEqual([5]);
  });

  test("never gives more than full, whatever the amount", async () => {
    const { limiter } = manualLimiter(make(10));
    await limiter.refund("a", 5);
    limiter.consumeSync("a", { cost: 3 });
    for (const cost of [4, Number.MAX_SAFE_INTEGER]) await limiter.refund("a", cost);
    expect(limiter.peekSync("a", { cost: 0 })).toMatchObject({ remaining: 10, resetAfterMs: 0 });
    expect(limiter.consumeSync("a", { cost: 11 }).allowed).toBe(false);
    expect(limiter.consumeSync("a", { cost: 10 }).allowed).toBe(true);
    expect(limiter.consumeSync("a").allowed).toBe(false);
  });

  test("of what was just spent is as if it had never been", async () => {
    const { limiter, clock } = manualLimiter(make(10));
    limiter.consumeSync("a", { cost: 4 });
    clock.advance("7s");
    const before = limiter.peekSync("a", { cost: 9 });
    limiter.consumeSync("a", { cost: 5 });
    await limiter.refund("a", 5);
    expect(limiter.peekSync("a", { cost: 9 })).toEqual(before);
  });
});

test("a refund pays a debt", async () => {
  const { limiter } = manualLimiter(tokenBucket({ capacity: 10, refill: "1/s" }));
  await (await limiter.reserve("a", { cost: 10 })).settle(15);
  await limiter.refund("a", 6);
  expect(left(limiter)).toEqual([1]);
});

test("a refund goes to the windows of this moment", async () => {
  const limits = [
    fixedWindow({ limit: 10, window: "1m", name: "fixed" }),
    slidingWindow({ limit: 10, window: "1m", name: "sliding" }),
    slidingLog({ limit: 10, window: "1m", name: "log" }),
  ];
  const { limiter, clock } = manualLimiter(limits);
  limiter.consumeSync("a", { cost: 8 });
  clock.advance("75s");
  limiter.consumeSync("a", { cost: 1 });
  expect(left(limiter)).toEqual([9, 3, 9]);
  await limiter.refund("a", 5);
  expect(left(limiter)).toEqual([10, 4, 10]);
});

test("a refund of several limits has costs by name, and 1 where none is told", async () => {
  const limits = [
    fixedWindow({ limit: 10, window: "1m", name: "a" }),
    tokenBucket({ capacity: 10, refill: "1/m", name: "b" }),
  ];
  const { limiter } = manualLimiter(limits);
  limiter.consumeSync("k", { cost: 9 });
  await limiter.refund("k", { a: 4 });
  expect(left(limiter, "k")).toEqual([5, 2]);
  await expect(limiter.refund("k", { c: 1 })).rejects.toMatchObject({ code: "INVALID_COST" });
  expect(left(limiter, "k")).toEqual([5, 2]);
});

test("a refund charges nobody else, and no other subject", async () => {
  const clock = manualClock();
  const limits = [
    fixedWindow({ limit: 5, window: "1m", by: "user" }),
    fixedWindow({ limit: 9, window: "1m", by: "tenant", name: "t" }),
  ];
  const limiter = rateLimiter<{ user: string; tenant: string }>({ limits, store: memoryStore({ clock }) });
  await limiter.consume({ user: "1", tenant: "x" }, { cost: 4 });
  await limiter.consume({ user: "2", tenant: "x" }, { cost: 4 });
  await limiter.refund({ user: "2", tenant: "x" }, 2);
  const of = async (user: string) =>
    (await limiter.peek({ user, tenant: "x" }, { cost: 0 })).limits.map(({ remaining }) => remaining);
  expect([await of("1"), await of("2")]).toEqual([
    [1, 3],
    [3, 3],
  ]);
});

test("a refund while the key is blocked counts, and ends no block", async () => {
  const { limiter } = manualLimiter("10/m");
  limiter.consumeSync("a", { cost: 4 });
  await limiter.block("a", "1m");
  await limiter.refund("a", 3);
  expect(limiter.peekSync("a")).toMatchObject({ reason: "blocked", limits: [{ remaining: 9 }] });
});

test("a refund of a key that spent nothing stores nothing", async () => {
  const store = memoryStore({ maxKeys: 1 });
  const limiter = rateLimiter({ limits: "10/m", store });
  await limiter.refund("nobody", 5);
  expect(limiter.consumeSync("a").degraded).toBe(false);
});

test("wrong arguments throw, and give nothing back", async () => {
  const { limiter } = manualLimiter("10/m");
  limiter.consumeSync("a", { cost: 5 });
  for (const cost of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, "1", null, { x: 1 }, { cost: 1 }]) {
    await expect(limiter.refund("a", cost as number)).rejects.toMatchObject({
      name: "ConfigurationError",
      code: "INVALID_COST",
    });
  }
  for (const key of ["", 1, undefined, {}]) {
    await expect(limiter.refund(key as string)).rejects.toMatchObject({ code: "INVALID_KEY" });
  }
  expect(left(limiter)).toEqual([5]);
});

test.each(["local", "open", "closed", "throw"] as const)(
  "a store that fails throws under %s: nothing can stand in for it",
  async (onStoreError) => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "10/h", store, namespace: "r", onStoreError, onEvent() {} });
    await limiter.consume("a", { cost: 5 });
    store.fault = DOWN;
    await expect(limiter.refund("a")).rejects.toBe(DOWN);
    await expect(limiter.refundMany(["a", "b"])).rejects.toBe(DOWN);
    store.fault = undefined;
    expect(await limiter.peek("a", { cost: 0 })).toMatchObject({ remaining: 5 });
  },
);

test("a store that is being left alone throws at once, without being asked", async () => {
  const store = faultyStore();
  const limiter = rateLimiter({ limits: "10/h", store, namespace: "r", onEvent() {} });
  store.fault = DOWN;
  for (let i = 0; i < 5; i++) await limiter.consume("a");
  const { asked } = store;
  const refused = watch(limiter.refund("a"));
  await flush();
  expect(refused.reason).toBe(DOWN);
  expect(store.asked).toBe(asked);
});
