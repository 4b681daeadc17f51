import { describe, expect, test, vi } from "vitest";
import {
  fixedWindow,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  slidingWindow,
  type Store,
  tokenBucket,
} from "../../src/index.ts";
import type { NamedPlan } from "../../src/limiter/NamedPlan.ts";
import { providedPlans } from "../../src/limiter/limits/providedPlans.ts";
import { remembered } from "../../src/limiter/limits/remembered.ts";
import { manualClock } from "../../src/testing/index.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";

const own = () => memoryStore({ clock: manualClock() });

/** A memory store that counts how many plans it has prepared. */
function countingStore(): { store: Store; prepared: () => number } {
  const memory = own();
  const prepare = vi.fn<Store["prepare"]>((plan) => memory.prepare(plan));
  return { store: { ...memory, prepare }, prepared: () => prepare.mock.calls.length };
}

describe("a function as limits", () => {
  test("is consulted with every call: a feature flag", () => {
    let isGenerous = false;
    const limiter = rateLimiter({ limits: () => (isGenerous ? "3/m" : "1/m"), store: own() });
    expect(limiter.consumeSync("a").allowed).toBe(true);
    expect(limiter.consumeSync("a").allowed).toBe(false);
    isGenerous = true;
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, limit: 3, remaining: 1 });
    isGenerous = false;
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, limit: 1 });
  });

  test.each(everyAlgorithm)(
    "of %s: several limiters share limits that change, by closing over one variable",
    (_, make) => {
      const config = { limit: 2 };
      const limits = () => make(config.limit);
      const store = own();
      const limiters = ["reads", "writes"].map((name) => rateLimiter({ name, limits, store }));
      for (const limiter of limiters) {
        expect([1, 2, 3].map(() => limiter.consumeSync("a").allowed)).toEqual([true, true, false]);
      }
      config.limit = 3;
      for (const limiter of limiters) {
        expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, remaining: 0 });
        expect(limiter.consumeSync("a").allowed).toBe(false);
      }
    },
  );

  test("gives plans, and overrides of single keys", () => {
    const plans = { free: "10/m", pro: "100/m" } as const;
    const planOf = new Map<string, keyof typeof plans>([["bob", "pro"]]);
    const overrides = new Map<string, LimitsInput>([["carol", ["500/m", "20/s"]]]);
    const limiter = rateLimiter({ limits: (key) => overrides.get(key) ?? plans[planOf.get(key) ?? "free"] });
    expect(
      ["alice", "bob", "carol"].map((key) => limiter.consumeSync(key).limits.map(({ limit }) => limit)),
    ).toEqual([[10], [100], [500, 20]]);
    overrides.delete("carol");
    expect(limiter.consumeSync("carol")).toMatchObject({ limit: 10, remaining: 8 });
  });

  test("may answer later, on every verb", async () => {
    const limiter = rateLimiter({ limits: async (key) => (key === "vip" ? "3/m" : "1/m"), store: own() });
    expect((await limiter.consume("vip")).remaining).toBe(2);
    expect((await limiter.acquire("vip")).remaining).toBe(1);
    expect((await limiter.peek("vip")).remaining).toBe(0);
    expect(await limiter.run("vip", ({ remaining }) => remaining)).toBe(0);
    await expect(limiter.acquire("vip")).rejects.toMatchObject({ code: "RATE_LIMIT_EXCEEDED" });
    await limiter.reset("vip");
    const hold = await limiter.reserve("vip", { cost: 2 });
    expect(hold.remaining).toBe(1);
    expect(await limiter.settle("vip", hold.id, 1)).toBe("settled");
    expect((await limiter.consume("vip")).remaining).toBe(1);
    await limiter.refund("vip");
    expect((await limiter.wait("vip")).remaining).toBe(1);
    expect((await limiter.consume("a")).limit).toBe(1);
  });

  test("that answers later is a clear error of synchronous verbs, also if it fails", () => {
    for (const answer of [Promise.resolve("1/m"), Promise.reject(new Error("down"))]) {
      const limits = (() => answer) as unknown as () => LimitsInput;
      const limiter = rateLimiter({ limits, store: own() });
      expect(() => limiter.consumeSync("a")).toThrow(
        expect.objectContaining({ code: "INVALID_LIMIT", path: "limits" }),
      );
      expect(() => limiter.resetSync("a")).toThrow("cannot wait");
    }
  });

  test("that fails fails the call with its error as the cause, and nothing is charged", async () => {
    const cause = new Error("the database of plans is down");
    let isDown = true;
    const fail = (): LimitsInput => {
      if (isDown) throw cause;
      return "2/m";
    };
    for (const limits of [fail, async () => fail()]) {
      isDown = true;
      const limiter = rateLimiter({ limits, store: own(), onStoreError: "open" });
      const failed = { name: "LimitsError", code: "LIMITS_FAILED", status: 503, cause };
      await expect(limiter.consume("a")).rejects.toMatchObject(failed);
      await expect(limiter.reset("a")).rejects.toMatchObject(failed);
      isDown = false;
      expect((await limiter.consume("a")).remaining).toBe(1);
    }
  });

  test("that answers wrongly fails the call as a wrong option would, and nothing is charged", () => {
    let answer: unknown = "2/m";
    const limiter = rateLimiter({ limits: () => answer as LimitsInput, store: own() });
    limiter.consumeSync("a");
    const wrong: [answer: unknown, code: string][] = [
      [undefined, "INVALID_LIMIT"],
      [[], "INVALID_LIMIT"],
      [{ limit: 5 }, "INVALID_LIMIT"],
      [() => "1/m", "INVALID_LIMIT"],
      [["1/m", "2/m"], "NAME_CLASH"],
      [slidingWindow({ limit: 5, window: "1m", by: "user" }), "INVALID_LIMIT"],
    ];
    for (const [value, code] of wrong) {
      answer = value;
      expect(() => limiter.consumeSync("a")).toThrow(
        expect.objectContaining({
          name: "ConfigurationError",
          code,
          message: expect.stringContaining("limits(key)"),
        }),
      );
    }
    answer = "2/m";
    expect(limiter.consumeSync("a").remaining).toBe(0);
  });

  test("that does not answer fails the call when its time is up", async () => {
    const limiter = rateLimiter({ limits: () => new Promise<never>(() => {}), timeoutMs: 5 });
    await expect(limiter.consume("a")).rejects.toMatchObject({ code: "LIMITS_TIMEOUT", status: 503 });
  });

  test("is not asked for a key that is none", async () => {
    const limits = vi.fn<(key: string) => LimitsInput>(() => "1/m");
    const limiter = rateLimiter({ limits, store: own() });
    for (const key of ["", undefined, 5] as string[]) {
      expect(() => limiter.consumeSync(key)).toThrow(expect.objectContaining({ code: "INVALID_KEY" }));
      await expect(limiter.consume(key)).rejects.toMatchObject({ code: "INVALID_KEY" });
    }
    expect(limits).not.toHaveBeenCalled();
  });

  test("is given all subjects of a call, which must be the same for all answers", () => {
    const perUser = (limit: number) => tokenBucket({ capacity: limit, refill: "1/d", by: "user" });
    const perTenant = tokenBucket({ capacity: 5, refill: "1/d", by: "tenant" });
    const limiter = rateLimiter({
      limits: (key: { user: string; tenant: string }) => {
        if (key.tenant === "odd") return perUser(1);
        return key.tenant === "big" ? [perUser(2), perTenant] : [perTenant, perUser(1)];
      },
      store: own(),
    });
    const limitsOf = (tenant: string) =>
      limiter.consumeSync({ user: "42", tenant }).limits.map(({ limit }) => limit);
    expect(limitsOf("big")).toEqual([2, 5]);
    expect(limitsOf("small")).toEqual([5, 1]);
    expect(() => limitsOf("odd")).toThrow(expect.objectContaining({ code: "INVALID_LIMIT", path: "limits" }));
    expect(limitsOf("small")).toEqual([5, 1]);
  });

  test("may come by an update, and go by one", () => {
    const limiter = rateLimiter({ limits: "5/m", store: own() });
    limiter.consumeSync("a", { cost: 4 });
    limiter.update({ limits: (key) => (key === "a" ? "10/m" : "1/m") });
    expect(limiter.consumeSync("a").remaining).toBe(5);
    limiter.update({ limits: "6/m" });
    expect(limiter.consumeSync("a").remaining).toBe(0);
  });

  test("is taken to be the same as any other at its place, and not the same as limits", () => {
    const store = own();
    const limits = () => "1/m" as const;
    const limiter = rateLimiter({ limits, store });
    expect(() => rateLimiter({ limits: () => "1/m", store })).not.toThrow();
    expect(() => rateLimiter({ limits: "1/m", store })).toThrow(
      expect.objectContaining({ code: "NAME_CLASH" }),
    );
    limiter.update({ limits: "1/m" });
    expect(() => rateLimiter({ limits: "1/m", store })).not.toThrow();
  });
});

describe("plans of answers", () => {
  test("are prepared once for each meaning, however often their objects are made anew", () => {
    const { store, prepared } = countingStore();
    const kinds: ((key: string) => LimitsInput)[] = [
      () => "10/m",
      () => ["10/m", tokenBucket({ capacity: 5, refill: "1/s" })],
      (key) => ({ ...fixedWindow({ limit: key.length, window: "1m" }) }),
      // Of the same integers, but another period, which is another state.
      (key) => tokenBucket({ capacity: 5, refill: key.length === 1 ? "60/m" : "1/s" }),
    ];
    const limiter = rateLimiter({ limits: (key) => kinds[Number(key[0])](key), store });
    const before = prepared();
    const keys = ["0", "1", "2", "2x", "3", "3x"];
    for (let i = 0; i < 100; i++) for (const key of keys) void limiter.consume(key);
    expect(prepared() - before).toBe(6);
  });

  test("are kept for the last thousand meanings", async () => {
    const make = vi.fn<() => NamedPlan>(() => ({}) as NamedPlan);
    const planFor = providedPlans((key: string) => fixedWindow({ limit: Number(key), window: "1m" }), make, {
      maxAgeMs: 0,
      timeoutMs: 1,
    });
    for (let i = 0; i <= 1000; i++) await planFor(`${i}`);
    await planFor("1000");
    await planFor("1");
    expect(make).toHaveBeenCalledTimes(1001);
    await planFor("0");
    expect(make).toHaveBeenCalledTimes(1002);
  });
});

describe("limitsMaxAgeMs", () => {
  test("keeps an answer for its key, for calls at the same time too, until it is updated", async () => {
    const limits = vi.fn<(key: string) => Promise<LimitsInput>>(async () => "10/m");
    const limiter = rateLimiter({ limits, limitsMaxAgeMs: 86_400_000, store: own() });
    await Promise.all([limiter.consume("a"), limiter.consume("a"), limiter.consume("b")]);
    await limiter.consume("a");
    expect(limits.mock.calls).toEqual([["a"], ["b"]]);
    limiter.update({ limits });
    await limiter.consume("a");
    expect(limits).toHaveBeenCalledTimes(3);
  });

  test("counts from the question", async () => {
    let now = 0;
    const ask = vi.fn<(key: unknown) => NamedPlan>(() => ({}) as NamedPlan);
    const planFor = remembered(ask, 10, () => now);
    const first = planFor("a");
    now = 9.9;
    expect(planFor("a")).toBe(first);
    now = 10;
    expect(planFor("a")).not.toBe(first);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test("does not keep a failure", async () => {
    const ask = vi
      .fn<() => Promise<NamedPlan>>()
      .mockRejectedValueOnce(new Error("down"))
      .mockResolvedValue({} as NamedPlan);
    const planFor = remembered(ask, 10, () => 0);
    await expect(planFor("a")).rejects.toThrow("down");
    await expect(planFor("a")).resolves.toEqual({});
    await planFor("a");
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test("holds for the last 10,000 keys, and tells keys of subjects from strings", async () => {
    const ask = vi.fn<(key: unknown) => NamedPlan>(() => ({}) as NamedPlan);
    const planFor = remembered(ask, 10, () => 0);
    for (let i = 0; i <= 10_000; i++) void planFor(`${i}`);
    void planFor("10000");
    expect(ask).toHaveBeenCalledTimes(10_001);
    void planFor("0");
    void planFor({ user: "x" });
    void planFor('{"user":"x"}');
    expect(ask).toHaveBeenCalledTimes(10_004);
  });

  test("is a whole number from 0 to a day", () => {
    for (const limitsMaxAgeMs of [-1, 0.5, 86_400_001, Number.NaN, "1s" as unknown as number]) {
      expect(() => rateLimiter({ limits: () => "1/m", limitsMaxAgeMs })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "limitsMaxAgeMs" }),
      );
    }
  });

  test("is refused where limits are no function, which nobody asks", () => {
    const store = own();
    for (const limitsMaxAgeMs of [0, 30_000]) {
      expect(() => rateLimiter({ limits: "1/m", limitsMaxAgeMs, store })).toThrow(
        expect.objectContaining({
          code: "INVALID_OPTION",
          message: expect.stringContaining("limitsMaxAgeMs must be given with a function as limits"),
          path: "limitsMaxAgeMs",
          value: limitsMaxAgeMs,
        }),
      );
    }
    expect(() => rateLimiter({ limits: "2/m", store })).not.toThrow();
  });

  test("holds for a function that comes by an update in place of another", () => {
    const limiter = rateLimiter({ limits: () => "5/m", limitsMaxAgeMs: 86_400_000, store: own() });
    const limits = vi.fn<(key: string) => LimitsInput>(() => "10/m");
    limiter.update({ limits: "6/m" });
    limiter.update({ limits });
    limiter.consumeSync("a");
    limiter.consumeSync("a");
    expect(limits).toHaveBeenCalledTimes(1);
  });
});
