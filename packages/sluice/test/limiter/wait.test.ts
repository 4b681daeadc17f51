import { describe, expect, test } from "vitest";
import {
  concurrency,
  type Decision,
  fixedWindow,
  type Hold,
  type Limit,
  LimiterClosedError,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  slidingLog,
  slidingWindow,
  type SyncLimiter,
  tokenBucket,
} from "../../src/index.ts";
import { manualClock, type ManualClock } from "../../src/testing/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { flush, watch, type Watched } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

/** One a second, one at once. */
const oneASecond = tokenBucket({ capacity: 1, refill: "1/s" });
const onePerWindow = fixedWindow({ limit: 1, window: "1s" });
/** Booked in the store, and standing in line. */
const ways: readonly [string, Limit][] = [
  ["slots are booked", oneASecond],
  ["callers stand in line", onePerWindow],
];

const allowed = (watched: readonly Watched<Decision>[]) => watched.map(({ value }) => value?.allowed);

async function pass(clock: ManualClock, duration: Parameters<ManualClock["advance"]>[0]): Promise<void> {
  clock.advance(duration);
  await flush();
}

/** What was charged in all: a cost of 0 shows it. */
const left = (limiter: SyncLimiter, key = "a") => limiter.peekSync(key, { cost: 0 }).remaining;

/** Those that are listening to a signal, from now on. */
function listenersOf(signal: AbortSignal): ReadonlySet<unknown> {
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...[type, listener]: Parameters<typeof add>) => {
    listening.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (...[type, listener]: Parameters<typeof remove>) => {
    listening.delete(listener);
    remove(type, listener);
  };
  return listening;
}

describe("wait", () => {
  test.each(everyAlgorithm)(
    "under %s passes at once what fits, and else exactly when it fits",
    async (_, make) => {
      const { limiter, clock } = manualLimiter(make(10));
      const first = await limiter.wait("a", { cost: 10 });
      expect(first).toMatchObject({ allowed: true, reason: "ok", retryAfterMs: 0, cost: 10, remaining: 0 });
      const { retryAfterMs } = limiter.peekSync("a", { cost: 3 });
      const second = watch(limiter.wait("a", { cost: 3, timeoutMs: 366 * 86_400_000 }));
      await flush();
      expect(second.state).toBe("pending");
      clock.advanceMicroseconds(retryAfterMs * 1000 - 1);
      await flush();
      expect(second.state).toBe("pending");
      clock.advanceMicroseconds(1);
      await flush();
      expect(second.value).toMatchObject({ allowed: true, reason: "ok", retryAfterMs: 0, cost: 3 });
    },
  );

  describe.each(ways)("where %s", (_, limit) => {
    test("lets in first who came first, one after the other", async () => {
      const { limiter, clock } = manualLimiter(limit);
      const order: number[] = [];
      for (let n = 0; n < 5; n++) void limiter.wait("a").then(() => order.push(n));
      await flush();
      for (let n = 0; n < 5; n++) {
        expect(order).toEqual([0, 1, 2, 3, 4].slice(0, n + 1));
        await pass(clock, "1s");
      }
    });

    test("refuses at once what does not fit in time, and charges nothing for it", async () => {
      const { limiter, clock } = manualLimiter(limit);
      await limiter.wait("a");
      const refused = watch(limiter.wait("a", { timeoutMs: 999 }));
      await flush();
      expect(refused.value).toMatchObject({ allowed: false, reason: "limited", retryAfterMs: 1000 });
      const passes = watch(limiter.wait("a", { timeoutMs: 1000 }));
      await pass(clock, "1s");
      expect(passes.value?.allowed).toBe(true);
    });

    test("who is in line has less time than the first must wait: it is refused at once", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      watch(limiter.wait("a"));
      await flush();
      const short = watch(limiter.wait("a", { timeoutMs: 500 }));
      await flush();
      expect(short.value).toMatchObject({ allowed: false, reason: "limited" });
      limiter.close();
    });

    test("who came in the same turn as the first, and has less time, is refused at once too", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      watch(limiter.wait("a"));
      const short = watch(limiter.wait("a", { timeoutMs: 500 }));
      await flush();
      expect(short.value).toMatchObject({ allowed: false, reason: "limited" });
      limiter.close();
    });

    test("a timeout of 0 waits for nothing", async () => {
      const { limiter } = manualLimiter(limit);
      await expect(limiter.wait("a", { timeoutMs: 0 })).resolves.toMatchObject({ allowed: true });
      await expect(limiter.wait("a", { timeoutMs: 0 })).resolves.toMatchObject({ allowed: false });
    });

    test("half a minute is what a caller has by default", async () => {
      const { limiter, clock } = manualLimiter(limit);
      const waits = Array.from({ length: 33 }, () => watch(limiter.wait("a")));
      await flush();
      // In line it is known only when its turn comes that it cannot be in time.
      const late = limit === oneASecond ? [false, false] : [undefined, undefined];
      expect(allowed(waits)).toEqual([true, ...Array<undefined>(30).fill(undefined), ...late]);
      for (let second = 0; second < 30; second++) await pass(clock, "1s");
      expect(allowed(waits)).toEqual([...Array<boolean>(31).fill(true), false, false]);
    });

    test("what can never pass is refused at once", async () => {
      const { limiter } = manualLimiter(limit);
      await expect(limiter.wait("a", { cost: 2 })).resolves.toMatchObject({
        allowed: false,
        reason: "never",
        retryAfterMs: Infinity,
      });
      expect(left(limiter)).toBe(1);
    });

    test("a blocked key is refused at once, however short the block is", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.block("a", 1);
      await expect(limiter.wait("a")).resolves.toMatchObject({
        allowed: false,
        reason: "blocked",
        retryAfterMs: 1,
      });
      expect(left(limiter)).toBe(1);
    });

    test("a cost of 0 does not wait for others where nobody stands in line", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      await expect(limiter.wait("a", { cost: 0 })).resolves.toMatchObject({ allowed: true });
    });

    test("keys wait apart from each other", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      watch(limiter.wait("a"));
      await expect(limiter.wait("b")).resolves.toMatchObject({ allowed: true });
      await expect(limiter.wait("__proto__")).resolves.toMatchObject({ allowed: true });
      limiter.close();
    });

    test("more than maxQueue are refused at once, with the reason and the wait", async () => {
      const { limiter, clock } = manualLimiter(limit);
      await limiter.wait("a");
      const waits = [0, 1].map(() => watch(limiter.wait("a", { maxQueue: 2 })));
      await flush();
      await expect(limiter.wait("a", { maxQueue: 2 })).resolves.toMatchObject({
        allowed: false,
        reason: "limited",
      });
      expect(waits.map(({ state }) => state)).toEqual(["pending", "pending"]);
      const other = watch(limiter.wait("a", { maxQueue: 3 }));
      await pass(clock, "1s");
      await pass(clock, "1s");
      await pass(clock, "1s");
      expect(allowed([...waits, other])).toEqual([true, true, true]);
    });

    test("a signal that was aborted before rejects with its reason, and charges nothing", async () => {
      const { limiter } = manualLimiter(limit);
      const reason = new Error("gone");
      await expect(limiter.wait("a", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(left(limiter)).toBe(1);
      await expect(limiter.wait("a", { signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: "AbortError",
      });
    });

    test("a signal that is aborted while it waits rejects with its reason, and the next takes its place", async () => {
      const { limiter, clock } = manualLimiter(limit);
      await limiter.wait("a");
      const abort = new AbortController();
      const leaver = watch(limiter.wait("a", { signal: abort.signal }));
      await flush();
      abort.abort("no more");
      await flush();
      expect(leaver).toEqual({ state: "rejected", reason: "no more" });
      const next = watch(limiter.wait("a"));
      await pass(clock, "1s");
      expect(next.value?.allowed).toBe(true);
      await pass(clock, "1s");
      expect(left(limiter)).toBe(1);
    });

    test("a signal that is aborted in the same turn as the call ends the wait too", async () => {
      const { limiter } = manualLimiter(limit);
      const abort = new AbortController();
      const leaver = watch(limiter.wait("a", { signal: abort.signal }));
      abort.abort("at once");
      await flush();
      expect(leaver).toEqual({ state: "rejected", reason: "at once" });
      expect(left(limiter)).toBe(1);
    });

    test("a signal that is aborted when the wait is over does nothing", async () => {
      const { limiter } = manualLimiter(limit);
      const abort = new AbortController();
      await limiter.wait("a", { signal: abort.signal });
      abort.abort();
      await flush();
      expect(left(limiter)).toBe(0);
    });

    test("no listener stays behind on a signal", async () => {
      const { limiter, clock } = manualLimiter(limit);
      const { signal } = new AbortController();
      const listening = listenersOf(signal);
      await limiter.wait("a", { signal });
      const wait = limiter.wait("a", { signal });
      await flush();
      expect(listening.size).toBe(1);
      await pass(clock, "1s");
      await wait;
      await limiter.wait("a", { signal, timeoutMs: 0 });
      expect(listening.size).toBe(0);
    });

    test("a signal of many waits has one listener, and ends them all", async () => {
      const { limiter } = manualLimiter(limit);
      const other = manualLimiter(limit).limiter;
      const abort = new AbortController();
      const { signal } = abort;
      const listening = listenersOf(signal);
      await Promise.all([limiter.wait("a"), other.wait("a")]);
      const waits = Array.from({ length: 12 }, (_, i) =>
        watch((i % 2 ? other : limiter).wait("a", { signal })),
      );
      await flush();
      expect(listening.size).toBe(1);
      abort.abort("all");
      await flush();
      expect(new Set(waits.map(({ reason }) => reason))).toEqual(new Set(["all"]));
    });

    test("close ends what waits with LIMITER_CLOSED, and so what would wait later", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
      await flush();
      limiter.close();
      limiter.close();
      await flush();
      for (const { state, reason } of waits) {
        expect(state).toBe("rejected");
        expect(reason).toBeInstanceOf(LimiterClosedError);
        expect(reason).toMatchObject({ code: "LIMITER_CLOSED" });
      }
      await expect(limiter.wait("b")).rejects.toThrow(LimiterClosedError);
      expect(limiter.consumeSync("b").allowed).toBe(true);
    });

    test("the second subject and the order of the names make no other line", async () => {
      const clock = manualClock();
      const named = { ...limit, by: "user" } as Limit;
      const wide = { ...limit, by: "tenant" } as Limit;
      const limiter = rateLimiter({ limits: [named, wide], store: memoryStore({ clock }) });
      await limiter.wait({ user: "u", tenant: "t" });
      const waits = [
        watch(limiter.wait({ user: "u", tenant: "t" }, { maxQueue: 1 })),
        watch(limiter.wait({ tenant: "t", user: "u" }, { maxQueue: 1 })),
      ];
      await flush();
      expect(waits.map(({ state }) => state)).toEqual(["pending", "resolved"]);
      limiter.close();
    });

    test("wrong arguments throw at once, also where others wait", async () => {
      const { limiter } = manualLimiter(limit);
      await limiter.wait("a");
      watch(limiter.wait("a"));
      for (const cost of [-1, 1.5, Number.NaN, "1", { nobody: 1 }]) {
        const wrong = watch(limiter.wait("a", { cost: cost as number }));
        await flush();
        expect(wrong.reason).toMatchObject({ code: "INVALID_COST" });
      }
      for (const key of ["", 1, 1n, undefined, null, {}, Symbol("a")]) {
        const wrong = watch(limiter.wait(key as string));
        await flush();
        expect(wrong.reason).toMatchObject({ code: "INVALID_KEY" });
      }
      limiter.close();
    });
  });

  test("wrong options throw with a code and the nearest", async () => {
    const { limiter } = manualLimiter("1/s");
    const wrong = (options: object) => limiter.wait("a", options);
    await expect(wrong({ timeoutMs: -1 })).rejects.toMatchObject({ code: "INVALID_OPTION", nearest: 0 });
    await expect(wrong({ timeoutMs: 1.5 })).rejects.toMatchObject({ code: "INVALID_OPTION", nearest: 2 });
    await expect(wrong({ timeoutMs: Infinity })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      nearest: 366 * 86_400_000,
    });
    await expect(wrong({ maxQueue: 0 })).rejects.toMatchObject({ code: "INVALID_OPTION", nearest: 1 });
    await expect(wrong({ maxQueue: 1_000_001 })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      nearest: 1_000_000,
    });
    await expect(wrong({ signal: {} })).rejects.toMatchObject({ code: "INVALID_OPTION", path: "signal" });
    await expect(wrong({ signal: null })).rejects.toMatchObject({ code: "INVALID_OPTION", path: "signal" });
    await expect(wrong({ timeout: 1 })).rejects.toMatchObject({ code: "UNKNOWN_OPTION" });
    expect(left(limiter)).toBe(1);
  });

  test("several limits wait for the slowest, and all are charged at once", async () => {
    const limits = [oneASecond, tokenBucket({ capacity: 2, refill: "1/m", name: "slow" })];
    const { limiter, clock } = manualLimiter(limits);
    await limiter.wait("a");
    const second = watch(limiter.wait("a"));
    const third = watch(limiter.wait("a", { timeoutMs: 60_000 }));
    await pass(clock, "1s");
    expect(second.value?.limits.map(({ remaining }) => remaining)).toEqual([0, 0]);
    expect(third.state).toBe("pending");
    await pass(clock, 58_999);
    expect(third.state).toBe("pending");
    await pass(clock, 1);
    expect(third.value?.allowed).toBe(true);
  });

  test("a booked slot is the caller's: who consumes meanwhile does not take it", async () => {
    const { limiter, clock } = manualLimiter(oneASecond);
    await limiter.wait("a");
    const booked = watch(limiter.wait("a"));
    await flush();
    clock.advance(999);
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 1001 });
    clock.advance(1);
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 1000 });
    await flush();
    expect(booked.value?.allowed).toBe(true);
  });

  test("a slot that is given up is given back only if it is the last", async () => {
    const { limiter, clock } = manualLimiter(oneASecond);
    await limiter.wait("a");
    const abort = [new AbortController(), new AbortController()];
    const leavers = abort.map(({ signal }) => watch(limiter.wait("a", { signal })));
    const last = watch(limiter.wait("a"));
    await flush();
    abort[0].abort();
    await flush();
    // Nobody moves up into the middle, and the slots after it stand as they were told.
    expect(limiter.peekSync("a").retryAfterMs).toBe(4000);
    await pass(clock, "2s");
    expect(last.state).toBe("pending");
    await pass(clock, "1s");
    expect(last.value?.allowed).toBe(true);
    expect(leavers.map(({ state }) => state)).toEqual(["rejected", "resolved"]);
  });

  test("of several limits, too, the last slot is given back, though some have drained meanwhile", async () => {
    const fast = tokenBucket({ capacity: 1, refill: "1/s", name: "fast" });
    const slow = tokenBucket({ capacity: 1, refill: "1/m", name: "slow" });
    const { limiter, clock } = manualLimiter([fast, slow]);
    await limiter.wait("a");
    const abort = new AbortController();
    watch(limiter.wait("a", { signal: abort.signal, timeoutMs: 60_000 }));
    await flush();
    await pass(clock, "30s");
    abort.abort();
    await flush();
    expect(limiter.peekSync("a").retryAfterMs).toBe(30_000);
  });

  test("limits that are raised let in who stands in line at once, lowered ones refuse it at once", async () => {
    const { limiter, clock } = manualLimiter(onePerWindow);
    await limiter.wait("a");
    const waits = Array.from({ length: 4 }, () => watch(limiter.wait("a")));
    await flush();
    limiter.update({ limits: fixedWindow({ limit: 2, window: "1s" }) });
    await flush();
    expect(waits.map(({ state }) => state)).toEqual(["resolved", "pending", "pending", "pending"]);
    await pass(clock, "1s");
    expect(waits.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved", "pending"]);
    limiter.update({ limits: fixedWindow({ limit: 0, window: "1s" }) });
    await flush();
    expect(waits[3].value).toMatchObject({ allowed: false, reason: "never" });
  });

  test.each<[string, (limiter: SyncLimiter, hold: Hold) => unknown]>([
    ["refund", (limiter) => limiter.refund("a")],
    ["reset", (limiter) => limiter.reset("a")],
    ["resetSync", (limiter) => limiter.resetSync("a")],
    ["cancel by id", (limiter, { id }) => limiter.cancel("a", id)],
    ["hold that is cancelled", (_, hold) => hold.cancel()],
    ["hold that is settled", (_, hold) => hold.settle(0)],
  ])("a %s lets in who stands in line at once", async (_, giveBack) => {
    const { limiter } = manualLimiter(onePerWindow);
    const hold = await limiter.reserve("a");
    const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
    await flush();
    await giveBack(limiter, hold);
    await flush();
    expect(waits.map(({ state }) => state)).toEqual(["resolved", "pending"]);
  });

  test("a permit that comes back lets in who stands in line at once", async () => {
    const { limiter } = manualLimiter(concurrency({ limit: 1 }));
    const permit = await limiter.enter("a");
    const waits = [1, 2].map(() => watch(limiter.wait("a", { timeoutMs: 600_000 })));
    await flush();
    expect(waits.map(({ state }) => state)).toEqual(["pending", "pending"]);
    await permit[Symbol.asyncDispose]();
    await flush();
    expect(waits.map(({ state }) => state)).toEqual(["resolved", "pending"]);
    limiter.close();
    await flush();
  });

  test("a permit that comes back has nobody ask who waits for another key", async () => {
    const memory = memoryStore({ clock: manualClock() });
    let asked = 0;
    const prepare: typeof memory.prepare = (plan) => {
      const prepared = memory.prepare(plan);
      return { ...prepared, decideSync: (...call) => (asked++, prepared.decideSync(...call)) };
    };
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }), store: { ...memory, prepare } });
    const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);
    const permits = await Promise.all(keys.map((key) => limiter.enter(key)));
    const waits = keys.map((key) => watch(limiter.wait(key, { timeoutMs: 600_000 })));
    await flush();
    asked = 0;
    for (const permit of permits) {
      await permit[Symbol.asyncDispose]();
      await flush();
    }
    expect(allowed(waits)).toEqual(keys.map(() => true));
    expect(asked).toBe(keys.length);
    limiter.close();
  });

  test("what comes back to one of several subjects lets in who waits for it beside another", async () => {
    const limits = ["user", "tenant"].map((by) =>
      concurrency({ limit: by === "user" ? 5 : 1, by, name: by }),
    );
    const limiter = rateLimiter<{ user: string; tenant: string }>({
      limits,
      store: memoryStore({ clock: manualClock() }),
    });
    const permit = await limiter.enter({ user: "1", tenant: "acme" });
    const wait = watch(limiter.wait({ user: "2", tenant: "acme" }, { timeoutMs: 600_000 }));
    await flush();
    expect(wait.state).toBe("pending");
    await permit[Symbol.asyncDispose]();
    await flush();
    expect(wait.value).toMatchObject({ allowed: true });
    limiter.close();
  });

  test("who comes after an update to limits that can be booked does not overtake who stands in line", async () => {
    const { limiter, clock } = manualLimiter(onePerWindow);
    await limiter.wait("a");
    const order: string[] = [];
    void limiter.wait("a").then(() => order.push("before"));
    await flush();
    limiter.update({ limits: oneASecond });
    void limiter.wait("a").then(() => order.push("after"));
    await flush();
    await pass(clock, "1s");
    await pass(clock, "1s");
    expect(order).toEqual(["before", "after"]);
  });

  test("a limit that was lowered does not take back booked slots", async () => {
    const { limiter, clock } = manualLimiter(oneASecond);
    await limiter.wait("a");
    const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
    await flush();
    limiter.update({ limits: tokenBucket({ capacity: 1, refill: { amount: 1, per: "10s" } }) });
    await pass(clock, "1s");
    await pass(clock, "1s");
    expect(allowed(waits)).toEqual([true, true]);
  });

  test("a refused wait is no attempt: countDenied charges nothing for it, and for who waits", async () => {
    const { limiter, clock } = manualLimiter(slidingLog({ limit: 1, window: "1s", countDenied: true }));
    await limiter.wait("a");
    await expect(limiter.wait("a", { timeoutMs: 10 })).resolves.toMatchObject({
      allowed: false,
      retryAfterMs: 1000,
    });
    const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
    await pass(clock, "1s");
    await pass(clock, "1s");
    expect(allowed(waits)).toEqual([true, true]);
  });

  test("a bucket with countDenied is not booked, and nobody who waits is charged for it", async () => {
    const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 1, refill: "1/s", countDenied: true }));
    await limiter.wait("a");
    const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
    await flush();
    expect(limiter.peekSync("a").retryAfterMs).toBe(1000);
    await pass(clock, "1s");
    await pass(clock, "1s");
    expect(allowed(waits)).toEqual([true, true]);
  });

  test("limits that only tell make nobody wait", async () => {
    const { limiter } = manualLimiter([tokenBucket({ capacity: 1, refill: "1/d", dryRun: true }), "5/s"]);
    await limiter.wait("a");
    const decision = await limiter.wait("a", { timeoutMs: 0 });
    expect(decision).toMatchObject({
      allowed: true,
      limits: [{ allowed: false, remaining: 0 }, { allowed: true }],
    });
  });

  test("a limit that only tells goes on telling its wait when a slot has come", async () => {
    const telling = tokenBucket({ capacity: 1, refill: "1/d", dryRun: true, name: "telling" });
    const { limiter, clock } = manualLimiter([telling, oneASecond]);
    await limiter.wait("a");
    const second = watch(limiter.wait("a"));
    await flush();
    await pass(clock, "1s");
    expect(second.value?.limits).toMatchObject([
      { allowed: false, retryAfterMs: 86_400_000 },
      { allowed: true, retryAfterMs: 0 },
    ]);
  });

  test("no timer stays behind where a slot was given up", async () => {
    const clock = manualClock();
    const set = new Set<object>();
    const timer = {
      get now() {
        return clock.now;
      },
      after(ms: number, callback: () => void) {
        const stop = clock.after(ms, callback);
        const one = {};
        set.add(one);
        return () => {
          set.delete(one);
          stop();
        };
      },
    };
    const limiter = rateLimiter({ limits: oneASecond, store: { ...memoryStore({ clock }), timer } });
    await limiter.wait("a");
    const abort = new AbortController();
    watch(limiter.wait("a", { signal: abort.signal }));
    await flush();
    expect(set.size).toBe(1);
    abort.abort();
    await flush();
    expect(set.size).toBe(0);
  });

  test("long keys and odd ones wait", async () => {
    const { limiter, clock } = manualLimiter(onePerWindow);
    const keys = ["x".repeat(1000), "é\n\u0000", "\ud800", "constructor"];
    for (const key of keys) await limiter.wait(key);
    const waits = keys.map((key) => watch(limiter.wait(key)));
    await pass(clock, "1s");
    expect(allowed(waits)).toEqual([true, true, true, true]);
  });

  test("a clock that steps back lets nobody in early", async () => {
    for (const [, limit] of ways) {
      const { limiter, clock } = manualLimiter(limit);
      clock.advance("1h");
      await limiter.wait("a");
      const wait = watch(limiter.wait("a"));
      await flush();
      await pass(clock, 500);
      clock.advanceMicroseconds(-60_000_000);
      await flush();
      expect(wait.state).toBe("pending");
      await pass(clock, "59s");
      expect(wait.state).toBe("pending");
      await pass(clock, "3s");
      expect(wait.value?.allowed).toBe(true);
    }
  });

  test("who comes as somebody leaves is asked for once, and charged once", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: slidingWindow({ limit: 1, window: "1d" }), store, namespace: "w" });
    await limiter.wait("a");
    const abort = new AbortController();
    watch(limiter.wait("a", { signal: abort.signal, timeoutMs: 366 * 86_400_000 }));
    await flush();
    const before = store.asked;
    abort.abort();
    const next = watch(limiter.wait("a", { timeoutMs: 366 * 86_400_000 }));
    await flush();
    expect(store.asked - before).toBe(1);
    expect(next.state).toBe("pending");
    limiter.close();
  });

  test("what was charged for somebody who has left meanwhile is given back", async () => {
    for (const limits of [oneASecond, onePerWindow] as LimitsInput[]) {
      const store = faultyStore();
      const limiter = rateLimiter({
        limits,
        store,
        namespace: "w",
        onStoreError: "throw",
        timeoutMs: 60_000,
      });
      store.fault = "silent";
      const abort = new AbortController();
      const leaver = watch(limiter.wait("a", { signal: abort.signal }));
      await flush();
      abort.abort("left");
      store.fault = undefined;
      store.answerLate();
      await flush();
      expect(leaver).toEqual({ state: "rejected", reason: "left" });
      await expect(limiter.peek("a", { cost: 0 })).resolves.toMatchObject({ remaining: 1 });
    }
  });

  test("to a limit that only tells, and charged nothing, nothing is given back", async () => {
    const store = faultyStore();
    const telling = fixedWindow({ limit: 1, window: "365d", dryRun: true, name: "telling" });
    const limiter = rateLimiter({
      limits: [telling, fixedWindow({ limit: 5, window: "365d" })],
      store,
      namespace: "w",
      timeoutMs: 60_000,
    });
    await limiter.consume("a");
    store.fault = "holding";
    const abort = new AbortController();
    watch(limiter.wait("a", { signal: abort.signal }));
    await flush();
    abort.abort();
    store.fault = undefined;
    store.answerLate();
    await flush();
    const { limits } = await limiter.inspect("a");
    expect(limits.map(({ remaining }) => remaining)).toEqual([0, 4]);
  });

  test("concurrency: who waits comes in when a permit would be given up", async () => {
    const { limiter, clock } = manualLimiter(concurrency({ limit: 1, ttl: "10s" }));
    await limiter.consume("a");
    const wait = watch(limiter.wait("a"));
    await pass(clock, 9999);
    expect(wait.state).toBe("pending");
    await pass(clock, 1);
    expect(wait.value?.allowed).toBe(true);
  });
});

describe("wait on a store that fails", () => {
  const failing = (limits: LimitsInput, onStoreError: "local" | "open" | "closed" | "throw") => {
    const store = faultyStore();
    store.fault = DOWN;
    return { store, limiter: rateLimiter({ limits, store, namespace: "w", onStoreError, onEvent() {} }) };
  };

  test.each(ways)("where %s, follows the policy", async (_, limit) => {
    await expect(failing(limit, "local").limiter.wait("a")).resolves.toMatchObject({
      allowed: true,
      degraded: "local",
    });
    await expect(failing(limit, "open").limiter.wait("a")).resolves.toMatchObject({
      allowed: true,
      degraded: "open",
    });
    await expect(failing(limit, "closed").limiter.wait("a")).resolves.toMatchObject({
      allowed: false,
      reason: "store-error",
      degraded: "closed",
    });
    await expect(failing(limit, "throw").limiter.wait("a")).rejects.toBe(DOWN);
  });

  test("slots are booked in this process instead, one after the other, and given up if they are the last", async () => {
    const clock = manualClock();
    const store = faultyStore(clock);
    store.fault = DOWN;
    const limits = tokenBucket({ capacity: 1, refill: "1/h" });
    const limiter = rateLimiter({ limits, store, namespace: "w", onEvent() {} });
    const abort = new AbortController();
    const wait = (timeoutMs: number) => watch(limiter.wait("a", { timeoutMs, signal: abort.signal }));
    const waits = [wait(3 * 3_600_000), wait(3 * 3_600_000), wait(3 * 3_600_000), wait(60_000)];
    await flush();
    expect(waits.map(({ value }) => value?.allowed)).toEqual([true, undefined, undefined, false]);
    expect(waits[3].value).toMatchObject({ reason: "limited", degraded: "local" });
    await pass(clock, "1h");
    expect(waits.map(({ state }) => state)).toEqual(["resolved", "resolved", "pending", "resolved"]);
    expect(waits[1].value).toMatchObject({
      allowed: true,
      reason: "ok",
      degraded: "local",
      retryAfterMs: 0,
      limits: [{ retryAfterMs: 0 }],
    });
    abort.abort();
    await flush();
    // It takes the slot that was given up, in two hours: what stands in has a clock of its own, which stood still.
    const next = watch(limiter.wait("a", { timeoutMs: 2.5 * 3_600_000 }));
    await flush();
    expect(next.state).toBe("pending");
    limiter.close();
  });

  test("who was let in by this process, and has left, gives nothing back to the store", async () => {
    const store = faultyStore();
    let gaveUp = () => {};
    const late = new Promise<void>((resolve) => (gaveUp = resolve));
    const limits = fixedWindow({ limit: 2, window: "366d" });
    const limiter = rateLimiter({ limits, store, namespace: "w", timeoutMs: 1, onEvent: () => gaveUp() });
    await limiter.consume("a", { cost: 2 });
    store.fault = "silent";
    const abort = new AbortController();
    watch(limiter.wait("a", { signal: abort.signal }));
    await flush();
    abort.abort();
    store.fault = undefined;
    // The store has not answered, so this process lets in who is no longer there.
    await late;
    await flush();
    await expect(limiter.peek("a", { cost: 0 })).resolves.toMatchObject({ remaining: 0, degraded: false });
  });

  test("an error goes to the first of the line only, and the next asks", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({
      limits: onePerWindow,
      store,
      namespace: "w",
      onStoreError: "throw",
      onEvent() {},
    });
    store.fault = DOWN;
    const first = watch(limiter.wait("a"));
    const second = watch(limiter.wait("a"));
    await flush();
    expect([first.state, second.state]).toEqual(["rejected", "rejected"]);
    store.fault = undefined;
    await expect(limiter.wait("a")).resolves.toMatchObject({ allowed: true });
  });

  test("a store that was closed throws STORE_CLOSED, whatever the policy is", async () => {
    for (const [, limits] of ways) {
      const store = memoryStore();
      const limiter = rateLimiter({ limits, store });
      await store.close();
      await expect(limiter.wait("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
    }
  });
});
