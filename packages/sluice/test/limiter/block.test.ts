import { describe, expect, test } from "vitest";
import { fixedWindow, memoryStore, rateLimiter } from "../../src/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const DAY_MS = 86_400_000;

describe.each(everyAlgorithm)("block under %s", (_, make) => {
  test("refuses the key, whatever its limits say, until it ends to the microsecond", async () => {
    const { limiter, clock } = manualLimiter(make(10));
    await expect(limiter.block("a", "10s")).resolves.toBe(undefined);
    expect(limiter.consumeSync("a")).toMatchObject({
      allowed: false,
      reason: "blocked",
      retryAfterMs: 10_000,
      limits: [{ allowed: true, remaining: 10 }],
    });
    expect(limiter.consumeSync("b").allowed).toBe(true);
    clock.advanceMicroseconds(9_999_999);
    expect(limiter.consumeSync("a", { cost: 0 })).toMatchObject({ allowed: false, retryAfterMs: 0.001 });
    clock.advanceMicroseconds(1);
    expect(limiter.consumeSync("a", { cost: 10 }).allowed).toBe(true);
  });

  test("refuses acquire, wait, reserve and enter as well", async () => {
    const { limiter } = manualLimiter(make(10));
    await limiter.block("a", "10s");
    await expect(limiter.acquire("a")).rejects.toMatchObject({ retryAfterMs: 10_000 });
    await expect(limiter.enter("a")).rejects.toMatchObject({ code: "RATE_LIMIT_EXCEEDED" });
    expect(await limiter.reserve("a")).toMatchObject({ allowed: false, reason: "blocked" });
    expect(await limiter.wait("a")).toMatchObject({ allowed: false, reason: "blocked" });
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(10);
  });
});

test("an earlier block ends by a later one, longer or shorter", async () => {
  const { limiter, clock } = manualLimiter("10/m");
  await limiter.block("a", "10s");
  clock.advance("5s");
  await limiter.block("a", "20s");
  expect(limiter.peekSync("a").retryAfterMs).toBe(20_000);
  await limiter.block("a", "1s");
  expect(limiter.peekSync("a").retryAfterMs).toBe(1000);
});

test("unblock ends a block, and what was spent stays spent", async () => {
  const { limiter } = manualLimiter("10/m");
  limiter.consumeSync("a", { cost: 4 });
  await limiter.unblock("a");
  await limiter.block("a", "1d");
  await limiter.unblock("a");
  await limiter.unblock("a");
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, remaining: 5 });
});

test("reset ends a block", async () => {
  const { limiter } = manualLimiter("10/m");
  await limiter.block("a", "1d");
  limiter.resetSync("a");
  expect(limiter.consumeSync("a").allowed).toBe(true);
});

test("an error says that the key is blocked, not that it was over its limit", async () => {
  const { limiter } = manualLimiter("10/m");
  await limiter.block("a", "10s");
  expect(() => limiter.acquireSync("a")).toThrow('"a" is blocked: retry after 10000 ms');
});

test("a block is of the namespace: the other limiters in it refuse the key, and no others", async () => {
  const store = memoryStore();
  const of = (namespace: string, name: string) => rateLimiter({ limits: "10/m", store, namespace, name });
  await of("shop", "a").block("k", "1m");
  expect((await of("shop", "b").peek("k")).reason).toBe("blocked");
  expect((await of("mail", "a").peek("k")).reason).toBe("ok");
  await of("shop", "b").unblock("k");
  expect((await of("shop", "a").peek("k")).reason).toBe("ok");
});

test("a clock that steps back prolongs no block beyond its length", async () => {
  const { limiter, clock } = manualLimiter("10/m");
  clock.advance("1d");
  await limiter.block("a", "10s");
  clock.advanceMicroseconds(-3_600_000_000);
  expect(limiter.consumeSync("a")).toMatchObject({ reason: "blocked", retryAfterMs: 10_000 });
  clock.advance("10s");
  expect(limiter.consumeSync("a").allowed).toBe(true);
});

test("the shortest and the longest, and what is neither", async () => {
  const { limiter } = manualLimiter("10/m");
  await limiter.block("a", 1);
  expect(limiter.peekSync("a").retryAfterMs).toBe(1);
  await limiter.block("a", "366d");
  expect(limiter.peekSync("a").retryAfterMs).toBe(366 * DAY_MS);
  for (const duration of [
    0,
    -1,
    0.5,
    "0s",
    "1 fortnight",
    366 * DAY_MS + 1,
    Infinity,
    Number.NaN,
    undefined,
  ]) {
    await expect(limiter.block("b", duration as number)).rejects.toMatchObject({
      name: "ConfigurationError",
      code: "INVALID_DURATION",
    });
  }
  expect(limiter.peekSync("b").reason).toBe("ok");
});

test("what is no key throws", async () => {
  const { limiter } = manualLimiter("10/m");
  for (const key of ["", 1, undefined, {}]) {
    await expect(limiter.block(key as string, "1s")).rejects.toMatchObject({ code: "INVALID_KEY" });
    await expect(limiter.unblock(key as string)).rejects.toMatchObject({ code: "INVALID_KEY" });
  }
});

test("keys of several subjects are blocked by the first", async () => {
  const limits = [
    fixedWindow({ limit: 5, window: "1m", by: "user" }),
    fixedWindow({ limit: 9, window: "1m", by: "tenant", name: "t" }),
  ];
  const limiter = rateLimiter<{ user: string; tenant: string }>({ limits });
  await limiter.block({ user: "1", tenant: "x" }, "1m");
  expect((await limiter.peek({ user: "1", tenant: "y" })).reason).toBe("blocked");
  expect((await limiter.peek({ user: "2", tenant: "x" })).reason).toBe("ok");
});

test("long and odd keys are blocked apart", async () => {
  const { limiter } = manualLimiter("10/m");
  const keys = ["k".repeat(300), "k".repeat(301), "é", "\u0000", "__proto__"];
  for (const key of keys.slice(0, -1)) await limiter.block(key, "1s");
  expect(keys.map((key) => limiter.peekSync(key).reason)).toEqual([
    ...keys.slice(1).map(() => "blocked"),
    "ok",
  ]);
});

test.each(["local", "open", "closed", "throw"] as const)(
  "a store that fails throws under %s, so that nobody thinks the key blocked",
  async (onStoreError) => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "10/h", store, namespace: "b", onStoreError, onEvent() {} });
    store.fault = DOWN;
    await expect(limiter.block("a", "1m")).rejects.toBe(DOWN);
    await expect(limiter.unblock("a")).rejects.toBe(DOWN);
    await expect(limiter.blockMany(["a"], "1m")).rejects.toBe(DOWN);
  },
);
