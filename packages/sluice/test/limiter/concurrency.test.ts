import { describe, expect, test, vi } from "vitest";
import {
  concurrency,
  fixedWindow,
  type HoldStatus,
  type LimitsInput,
  memoryStore,
  type Plan,
  type PreparedPlan,
  rateLimiter,
  RateLimitExceededError,
  type SyncLimiter,
  tokenBucket,
} from "../../src/index.ts";
import { manualClock, type ManualClock } from "../../src/testing/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { flush, watch } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

const two = concurrency({ limit: 2, ttl: "30s" });
const left = (limiter: SyncLimiter, key = "a") =>
  limiter.peekSync(key, { cost: 0 }).limits.map(({ remaining }) => remaining);

/** In steps so short that whoever lives renews in time. */
async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance("1s");
    await flush();
  }
}

describe("a permit", () => {
  test("is taken by enter, and comes back at the end of its block", async () => {
    const { limiter } = manualLimiter(two);
    {
      using first = await limiter.enter("a");
      expect(first.decision).toMatchObject({
        allowed: true,
        remaining: 1,
        limits: [{ details: { running: 1 } }],
      });
      await using second = await limiter.enter("a");
      expect(second.decision.remaining).toBe(0);
      await expect(limiter.enter("a")).rejects.toThrow(RateLimitExceededError);
      expect(left(limiter)).toEqual([0]);
    }
    await flush();
    expect(left(limiter)).toEqual([2]);
  });

  test("comes back when its block throws", async () => {
    const { limiter } = manualLimiter(two);
    const work = async () => {
      await using _ = await limiter.enter("a");
      throw new Error("work");
    };
    await expect(work()).rejects.toThrow("work");
    expect(left(limiter)).toEqual([2]);
  });

  test("comes back once, however often it is given back", async () => {
    const { limiter } = manualLimiter(two);
    const [first] = [await limiter.enter("a"), await limiter.enter("a")];
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await flush();
    expect(left(limiter)).toEqual([1]);
  });

  test("is renewed as long as its process lives, and comes back then", async () => {
    const { limiter, clock } = manualLimiter(two);
    const permit = await limiter.enter("a");
    await pass(clock, 100);
    expect(left(limiter)).toEqual([1]);
    await permit[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([2]);
    await pass(clock, 100);
    expect(left(limiter)).toEqual([2]);
  });

  test("of a process that died comes back exactly at the ttl, counted from its last renewal", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const limits = concurrency({ limit: 1, ttl: "30s" });
    const mortal = rateLimiter({ limits, store });
    const other = rateLimiter({ limits, store });
    await mortal.enter("a");
    await pass(clock, 10);
    mortal.close();
    clock.advanceMicroseconds(29_999_999);
    expect(other.peekSync("a")).toMatchObject({ allowed: false, retryAfterMs: 0.001 });
    clock.advanceMicroseconds(1);
    expect(other.peekSync("a").allowed).toBe(true);
  });

  test("of who was away for longer than the ttl is nobody else's to give back", async () => {
    const { limiter, clock } = manualLimiter(concurrency({ limit: 1, ttl: "30s" }));
    const late = await limiter.enter("a");
    clock.advance("40s");
    await flush();
    const other = await limiter.enter("a");
    await late[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([0]);
    await other[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([1]);
  });

  test("that a reset forgot is not renewed, and not given back a second time", async () => {
    const { limiter, clock } = manualLimiter(two);
    const forgotten = await limiter.enter("a");
    await limiter.reset("a");
    const [b, c] = [await limiter.enter("a"), await limiter.enter("a")];
    await pass(clock, 40);
    expect(left(limiter)).toEqual([0]);
    await forgotten[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([0]);
    await b[Symbol.asyncDispose]();
    await c[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([2]);
  });

  test("of a cost takes as much, and gives it back", async () => {
    const { limiter } = manualLimiter(concurrency({ limit: 5 }));
    const big = await limiter.enter("a", { cost: 4 });
    expect(left(limiter)).toEqual([1]);
    await expect(limiter.enter("a", { cost: 2 })).rejects.toMatchObject({ retryAfterMs: 60_000 });
    await using none = await limiter.enter("a", { cost: 0 });
    expect(none.decision.allowed).toBe(true);
    await big[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([5]);
  });

  test("of run is given back whether the function returns or throws", async () => {
    const { limiter } = manualLimiter(two);
    const seen = await limiter.run("a", async ({ remaining }) => {
      expect(left(limiter)).toEqual([1]);
      return remaining;
    });
    expect(seen).toBe(1);
    await expect(
      limiter.run("a", () => {
        throw new Error("x");
      }),
    ).rejects.toThrow("x");
    expect(left(limiter)).toEqual([2]);
  });

  test("taken by reserve comes back when it is settled; by consume, only at the ttl", async () => {
    const { limiter, clock } = manualLimiter(two);
    const hold = await limiter.reserve("a");
    limiter.consumeSync("a");
    expect(await hold.settle(1)).toBe("settled");
    expect(left(limiter)).toEqual([1]);
    await pass(clock, 30);
    expect(left(limiter)).toEqual([2]);
  });
});

describe("beside rates", () => {
  const limits = [two, fixedWindow({ limit: 10, window: "1h", name: "rate" })];

  test("the permit comes back, and what the rate counted stays spent", async () => {
    const { limiter } = manualLimiter(limits);
    for (let i = 0; i < 10; i++) await limiter.run("a", () => {});
    expect(left(limiter)).toEqual([2, 0]);
    const refused = await limiter.enter("a").catch((error: unknown) => error);
    expect(refused).toMatchObject({ decision: { reason: "limited", retryAfterMs: 3_600_000 } });
    expect(left(limiter)).toEqual([2, 0]);
  });

  test("a refund is of the rate: who runs goes on running", async () => {
    const { limiter } = manualLimiter(limits);
    const permits = [await limiter.enter("a"), await limiter.enter("a")];
    await limiter.refund("a", 2);
    expect(left(limiter)).toEqual([0, 10]);
    await permits[0][Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([1, 10]);
  });

  test("costs are told apart by name", async () => {
    const { limiter } = manualLimiter(limits);
    const name = limiter.peekSync("a").limits[0].name;
    const permit = await limiter.enter("a", { cost: { rate: 7, [name]: 2 } });
    expect(left(limiter)).toEqual([0, 3]);
    await permit[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([2, 3]);
  });
});

test("at most N run at once, whatever comes", async () => {
  const { limiter } = manualLimiter(concurrency({ limit: 3 }));
  let running = 0;
  let most = 0;
  const work = async () => {
    running++;
    most = Math.max(most, running);
    await flush();
    running--;
  };
  const ran = await Promise.allSettled(Array.from({ length: 50 }, () => limiter.run("a", work)));
  expect(most).toBe(3);
  expect(ran.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  expect(left(limiter)).toEqual([3]);
});

test("a limit that was lowered counts those who run until they end, however often they renew", async () => {
  const { limiter, clock } = manualLimiter(concurrency({ limit: 5, ttl: "30s" }));
  const permits = await Promise.all(Array.from({ length: 5 }, () => limiter.enter("a")));
  limiter.update({ limits: concurrency({ limit: 2, ttl: "30s" }) });
  await pass(clock, 60);
  for (const permit of permits.slice(0, 3)) {
    expect(left(limiter)).toEqual([0]);
    await expect(limiter.enter("a")).rejects.toThrow(RateLimitExceededError);
    await permit[Symbol.asyncDispose]();
  }
  await expect(limiter.enter("a")).rejects.toThrow(RateLimitExceededError);
  await permits[3][Symbol.asyncDispose]();
  expect(left(limiter)).toEqual([1]);
});

test("a limit that was raised counts those who ran before, however often they renew", async () => {
  const { limiter, clock } = manualLimiter(concurrency({ limit: 2, ttl: "30s" }));
  const permits = [await limiter.enter("a")];
  limiter.update({ limits: concurrency({ limit: 5, ttl: "30s" }) });
  while (permits.length < 5) permits.push(await limiter.enter("a"));
  await pass(clock, 120);
  expect(left(limiter)).toEqual([0]);
  for (const permit of permits) await permit[Symbol.asyncDispose]();
  expect(left(limiter)).toEqual([5]);
});

test("a clock that steps back frees nobody", async () => {
  const { limiter, clock } = manualLimiter(two);
  clock.advance("1h");
  const permits = [await limiter.enter("a"), await limiter.enter("a")];
  clock.advanceMicroseconds(-600_000_000);
  await pass(clock, 15);
  expect(left(limiter)).toEqual([0]);
  for (const permit of permits) await permit[Symbol.asyncDispose]();
  expect(left(limiter)).toEqual([2]);
});

describe("options", () => {
  test("what is wrong throws with a code", () => {
    const nearest = new Map([
      [-1, 0],
      [1.4, 1],
      [10_001, 10_000],
      [2e9, 10_000],
      [Number.NaN, undefined],
      [undefined, undefined],
    ]);
    for (const [limit, near] of nearest) {
      expect(() => concurrency({ limit: limit as number })).toThrow(
        expect.objectContaining({ code: "INVALID_LIMIT", value: limit, nearest: near }),
      );
    }
    for (const ttl of [0, 0.5, "1 month", 367 * 86_400_000]) {
      expect(() => concurrency({ limit: 1, ttl: ttl as number })).toThrow(
        expect.objectContaining({ code: "INVALID_DURATION" }),
      );
    }
    const unknown = expect.objectContaining({ code: "UNKNOWN_OPTION" });
    expect(() => concurrency({ limit: 1, window: "1m" } as never)).toThrow(unknown);
    // A refused call runs not.
    expect(() => concurrency({ limit: 1, countDenied: true } as never)).toThrow(unknown);
  });

  test("a limit of 0 refuses everything, for ever", async () => {
    const { limiter } = manualLimiter(concurrency({ limit: 0 }));
    await expect(limiter.enter("a")).rejects.toMatchObject({ decision: { reason: "never" } });
  });

  test("the largest limit holds as many", async () => {
    const { limiter } = manualLimiter(concurrency({ limit: 10_000 }));
    const permit = await limiter.enter("a", { cost: 10_000 });
    await expect(limiter.enter("a")).rejects.toThrow(RateLimitExceededError);
    await permit[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([10_000]);
  });

  test("one that only tells lets all in, and counts those whom it would have let in", async () => {
    const { limiter } = manualLimiter([concurrency({ limit: 1, dryRun: true }), "10/m"]);
    const permits = [await limiter.enter("a"), await limiter.enter("a")];
    expect(permits[1].decision).toMatchObject({ allowed: true, limits: [{ allowed: false }, {}] });
    await permits[1][Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([0, 8]);
    await permits[0][Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([1, 8]);
  });
});

describe("a store that fails", () => {
  const failing = (onStoreError: "local" | "open" | "closed" | "throw", limits: LimitsInput = two) => {
    const store = faultyStore();
    return { store, limiter: rateLimiter({ limits, store, namespace: "c", onStoreError, onEvent() {} }) };
  };

  test("enter follows the policy", async () => {
    const at = (policy: Parameters<typeof failing>[0]) => {
      const { store, limiter } = failing(policy);
      store.fault = DOWN;
      return limiter;
    };
    const local = at("local");
    const permits = [await local.enter("a"), await local.enter("a")];
    expect(permits.map(({ decision }) => decision.degraded)).toEqual(["local", "local"]);
    await expect(local.enter("a")).rejects.toMatchObject({ decision: { degraded: "local" } });
    await permits[0][Symbol.asyncDispose]();
    await local.enter("a");
    await using open = await at("open").enter("a");
    expect(open.decision.degraded).toBe("open");
    await expect(at("closed").enter("a")).rejects.toMatchObject({ decision: { degraded: "closed" } });
    await expect(at("throw").enter("a")).rejects.toBe(DOWN);
  });

  test.each(["local", "open", "closed", "throw"] as const)(
    "%s: a permit that it does not take back throws nothing, and comes back at its ttl",
    async (policy) => {
      const { store, limiter } = failing(policy);
      const permits = [await limiter.enter("a"), await limiter.enter("a")];
      store.fault = DOWN;
      permits[0][Symbol.dispose]();
      await permits[1][Symbol.asyncDispose]();
      expect(await limiter.run("b", () => "ran").catch(() => "refused")).toBe(
        policy === "local" || policy === "open" ? "ran" : "refused",
      );
      store.fault = undefined;
      await flush();
      expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(0);
    },
  );

  test("a renewal that fails is tried again in time", async () => {
    const clock = manualClock();
    const inner = memoryStore({ clock });
    let fails = false;
    const store = {
      ...inner,
      prepare(plan: Parameters<typeof inner.prepare>[0]) {
        const prepared = inner.prepare(plan);
        const act: typeof prepared.act = async (...call) => {
          if (fails) throw DOWN;
          return prepared.act(...call);
        };
        return { decide: prepared.decide, act, reset: prepared.reset };
      },
    };
    const limiter = rateLimiter({ limits: two, store, namespace: "c", onEvent() {} });
    const permit = await limiter.enter("a");
    await pass(clock, 9);
    fails = true;
    await pass(clock, 2);
    fails = false;
    await pass(clock, 60);
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(1);
    await permit[Symbol.asyncDispose]();
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(2);
  });

  test("a permit comes back to a store that is left alone, too, and nobody waits for that", async () => {
    const store = faultyStore(manualClock());
    const limiter = rateLimiter({ limits: two, store, namespace: "c", timeoutMs: 60_000, onEvent() {} });
    const permit = await limiter.enter("a");
    store.fault = DOWN;
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      for (let n = 0; n < 5; n++) await limiter.consume("b");
      store.fault = "silent";
      await permit[Symbol.asyncDispose]();
    } finally {
      vi.useRealTimers();
    }
    store.fault = undefined;
    store.answerLate();
    await flush();
    // By another object nothing is known of its failures.
    const other = rateLimiter({ limits: two, store: { ...store }, namespace: "c", onStoreError: "throw" });
    expect((await other.peek("a", { cost: 0 })).remaining).toBe(2);
  });

  test("who gives a permit back at the end of a block goes on when the store has it", async () => {
    const store = faultyStore(manualClock());
    const limiter = rateLimiter({ limits: two, store, namespace: "c", timeoutMs: 60_000 });
    const permit = await limiter.enter("a");
    store.fault = "silent";
    const end = watch(Promise.resolve(permit[Symbol.asyncDispose]()));
    await flush();
    expect(end.state).toBe("pending");
    store.fault = undefined;
    store.answerLate();
    await flush();
    expect(end.state).toBe("resolved");
  });

  test("a permit of a store that was closed is given back without a sound", async () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: two, store });
    const permit = await limiter.enter("a");
    await store.close();
    permit[Symbol.dispose]();
    await permit[Symbol.asyncDispose]();
    await expect(limiter.enter("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
  });
});

describe("a small memory store", () => {
  test("lets one key run as often as it likes, one after the other", async () => {
    const limiter = rateLimiter({ limits: two, store: memoryStore({ clock: manualClock(), maxKeys: 10 }) });
    for (let n = 0; n < 100; n++) expect(await limiter.run("a", ({ degraded }) => degraded)).toBe(false);
    for (let n = 0; n < 100; n++) {
      await using permit = await limiter.enter("a");
      expect(permit.decision).toMatchObject({ remaining: 1, degraded: false });
    }
    expect(left(limiter)).toEqual([2]);
  });

  test("has as much room for other keys, however many permits came back", async () => {
    const store = memoryStore({ clock: manualClock(), maxKeys: 10 });
    const limiter = rateLimiter({ limits: two, store, name: "jobs" });
    const rates = rateLimiter({ limits: "1/m", store, name: "rates" });
    for (let n = 0; n < 100; n++) await limiter.run("a", () => {});
    for (let n = 0; n < 9; n++) expect(rates.consumeSync(`key ${n}`).degraded).toBe(false);
    expect(rates.consumeSync("key 9").degraded).toBe("overflow");
  });

  test("that is full of keys takes permits back", async () => {
    const limiter = rateLimiter({ limits: two, store: memoryStore({ clock: manualClock(), maxKeys: 1 }) });
    limiter.consumeSync("first");
    for (let n = 0; n < 10; n++)
      expect(await limiter.run("late", ({ degraded }) => degraded)).toBe("overflow");
    expect(left(limiter, "late")).toEqual([2]);
  });

  test("that is full of permits gives one back at its ttl, and lets others in no sooner", async () => {
    const clock = manualClock();
    const limiter = rateLimiter({ limits: two, store: memoryStore({ clock, maxKeys: 2 }) });
    await limiter.enter("a");
    await limiter.enter("b");
    const permit = await limiter.enter("a");
    expect(permit.decision).toMatchObject({ allowed: true, degraded: "overflow" });
    await permit[Symbol.asyncDispose]();
    expect(left(limiter)).toEqual([0]);
    clock.advance("30s");
    expect(left(limiter)).toEqual([2]);
  });
});

test("a renewal that comes after the release revives nothing", async () => {
  const clock = manualClock();
  const inner = memoryStore({ clock });
  const late: (() => Promise<HoldStatus>)[] = [];
  const prepare = (plan: Plan): PreparedPlan => {
    const { decide, act, reset } = inner.prepare(plan);
    return {
      decide,
      reset,
      async act(keys, asked) {
        if (asked.does !== "renew") return act(keys, asked);
        late.push(async () => (await act(keys, asked)).hold);
        throw DOWN;
      },
    };
  };
  const limiter = rateLimiter({ limits: two, store: { ...inner, prepare }, namespace: "c", onEvent() {} });
  const permit = await limiter.enter("a");
  await pass(clock, 10);
  await permit[Symbol.asyncDispose]();
  expect(late).toHaveLength(1);
  expect(await late[0]()).toBe("none");
  expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(2);
});

test("enter of a plain rate is a call, and nothing comes back", async () => {
  const { limiter } = manualLimiter(tokenBucket({ capacity: 2, refill: "1/h" }));
  const permit = await limiter.enter("a");
  await permit[Symbol.asyncDispose]();
  permit[Symbol.dispose]();
  expect(left(limiter)).toEqual([1]);
  const refused = watch(limiter.enter("a", { cost: 2 }));
  await flush();
  expect(refused.reason).toBeInstanceOf(RateLimitExceededError);
});
