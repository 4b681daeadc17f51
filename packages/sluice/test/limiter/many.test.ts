import { describe, expect, test } from "vitest";
import { fixedWindow, memoryStore, rateLimiter } from "../../src/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { flush, watch } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

describe("the verbs for lists of keys", () => {
  test("answer as the verbs for one key would, in the order of the list", async () => {
    const { limiter: one } = manualLimiter("3/m");
    const { limiter: many } = manualLimiter("3/m");
    const keys = ["a", "b", "a", "c", "a", "a", "b"];
    const options = { cost: 1 };
    const expected = [];
    for (const key of keys) expected.push(one.consumeSync(key, options));
    expect(await many.consumeMany(keys, options)).toEqual(expected);
    expect(await many.peekMany(keys)).toEqual(await Promise.all(keys.map((key) => one.peek(key))));
    expect(await many.inspectMany(["a", "c"])).toEqual([await one.inspect("a"), await one.inspect("c")]);
  });

  test("refund, block, unblock and reset each key of the list, and answer nothing", async () => {
    const { limiter } = manualLimiter("5/m");
    const keys = ["a", "b", "c"];
    const remaining = async () =>
      (await limiter.peekMany(keys, { cost: 0 })).map((peeked) => peeked.remaining);
    await limiter.consumeMany(keys, { cost: 4 });
    expect(await limiter.refundMany(["a", "b", "b"], 1)).toBe(undefined);
    expect(await limiter.refundMany(["c"])).toBe(undefined);
    expect(await remaining()).toEqual([2, 3, 2]);
    expect(await limiter.blockMany(["a", "c"], "1m")).toBe(undefined);
    expect((await limiter.peekMany(keys)).map(({ reason }) => reason)).toEqual(["blocked", "ok", "blocked"]);
    expect(await limiter.unblockMany(["c"])).toBe(undefined);
    expect((await limiter.peekMany(keys)).map(({ reason }) => reason)).toEqual(["blocked", "ok", "ok"]);
    expect(await limiter.resetMany(["a", "b"])).toBe(undefined);
    expect(await remaining()).toEqual([5, 5, 2]);
  });

  test("of no keys ask nobody", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "5/m", store, namespace: "m" });
    expect(await limiter.consumeMany([])).toEqual([]);
    await limiter.resetMany([]);
    expect(store.asked).toBe(0);
  });

  test("take keys of several subjects", async () => {
    const limits = [
      fixedWindow({ limit: 2, window: "1d", by: "user" }),
      fixedWindow({ limit: 3, window: "1d", by: "tenant", name: "t" }),
    ];
    const limiter = rateLimiter<{ user: string; tenant: string }>({ limits, store: memoryStore() });
    const keys = ["1", "2", "1", "2"].map((user) => ({ user, tenant: "x" }));
    expect((await limiter.consumeMany(keys)).map(({ allowed }) => allowed)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("reject with the first error when all have ended", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "5/m", store, namespace: "m", timeoutMs: 60_000 });
    store.fault = "silent";
    const asked = watch(limiter.consumeMany(["a", "", "b"]));
    await flush();
    expect(asked.state).toBe("pending");
    store.fault = undefined;
    store.answerLate();
    await flush();
    expect(asked.reason).toMatchObject({ code: "INVALID_KEY" });
    await expect(limiter.consumeMany(Array<string>(2))).rejects.toMatchObject({
      code: "INVALID_KEY",
    });
    expect((await limiter.peekMany(["a", "b"], { cost: 0 })).map(({ remaining }) => remaining)).toEqual([
      4, 4,
    ]);
  });

  test("follow the policy of a store that fails, key by key", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "5/m", store, namespace: "m", onStoreError: "open", onEvent() {} });
    store.fault = DOWN;
    const decisions = await limiter.consumeMany(["a", "b"]);
    expect(decisions.map(({ degraded }) => degraded)).toEqual(["open", "open"]);
    await expect(limiter.inspectMany(["a", "b"])).rejects.toBe(DOWN);
  });

  test("refuse what is no list with a code, and charge nothing", async () => {
    const { limiter } = manualLimiter("5/m");
    const { consumeMany, peekMany, refundMany, blockMany, unblockMany, inspectMany, resetMany } = limiter;
    const block = (keys: readonly string[]) => blockMany(keys, "1s");
    for (const verb of [consumeMany, peekMany, refundMany, block, unblockMany, inspectMany, resetMany]) {
      for (const keys of ["ab", undefined, null, 1, {}, new Set(["a"])]) {
        await expect(verb(keys as string[])).rejects.toMatchObject({
          name: "ConfigurationError",
          code: "INVALID_KEY",
        });
      }
    }
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(5);
  });

  test("refuse a wrong cost, option or duration", async () => {
    const { limiter } = manualLimiter("5/m");
    await expect(limiter.consumeMany(["a"], { cost: -1 })).rejects.toMatchObject({ code: "INVALID_COST" });
    await expect(limiter.peekMany(["a"], { costs: 1 } as object)).rejects.toMatchObject({
      code: "UNKNOWN_OPTION",
    });
    await expect(limiter.refundMany(["a"], 0.5)).rejects.toMatchObject({ code: "INVALID_COST" });
    await expect(limiter.blockMany(["a"], 0)).rejects.toMatchObject({ code: "INVALID_DURATION" });
  });
});
