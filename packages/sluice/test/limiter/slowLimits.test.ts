import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Decision,
  fixedWindow,
  type Limit,
  type Limiter,
  LimiterClosedError,
  memoryStore,
  rateLimiter,
  type Store,
  tokenBucket,
  type WaitOptions,
} from "../../src/index.ts";
import { manualClock, type ManualClock } from "../../src/testing/index.ts";
import { faultyStore } from "../failure/faultyStore.ts";
import { flush, watch } from "./flush.ts";

const ways: readonly [string, Limit][] = [
  ["slots are booked", tokenBucket({ capacity: 1, refill: "1/s", name: "own" })],
  ["callers stand in line", fixedWindow({ limit: 1, window: "1s", name: "own" })],
];

let clock: ManualClock;
let asked: number;
/** Whether the function keeps its answers back. */
let isHolding: boolean;
let held: (() => void)[];
let told: Decision[];

beforeEach(() => {
  clock = manualClock();
  asked = 0;
  isHolding = true;
  held = [];
  told = [];
});
// The deadlines of calls that were not answered would keep the process.
afterEach(answer);

/** Under limits that a function tells when it is let. */
function limiterOf(limit: Limit, store: Store = memoryStore({ clock })): Limiter {
  const limits = async () => {
    asked++;
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    return limit;
  };
  const limiter = rateLimiter({ limits, store, namespace: "slow", timeoutMs: 60_000 });
  limiter.events.on("decision", ({ decision }) => told.push(decision));
  return limiter;
}

async function answer(): Promise<void> {
  isHolding = false;
  for (const release of held.splice(0)) release();
  await flush();
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await flush();
}

/** The key has nothing left, and the function is slow from now on. */
async function spend(limiter: Limiter): Promise<void> {
  isHolding = false;
  await limiter.consume("a");
  isHolding = true;
  asked = 0;
  told = [];
}

const left = async (limiter: Limiter) => (await limiter.peek("a", { cost: 0 })).remaining;

describe.each(ways)("a wait whose limits a function has yet to tell, where %s", (_, limit) => {
  test.each<[WaitOptions["cost"], number]>([
    [undefined, 1],
    [3, 3],
    [{ own: 2 }, 2],
  ])("is refused when its time is over, and charges nothing: a cost of %j", async (cost, charged) => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a", { timeoutMs: 50, cost }));
    await flush();
    await pass(50);
    expect(wait.state).toBe("pending");
    await pass(1);
    expect(wait.value).toMatchObject({
      allowed: false,
      key: "a",
      cost: charged,
      reason: "store-error",
      degraded: "closed",
      retryAfterMs: 1000,
    });
    expect(asked).toBe(1);
    await answer();
    expect(await left(limiter)).toBe(1);
  });

  test("is told to those who listen once the function has answered", async () => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a", { timeoutMs: 50 }));
    await pass(51);
    expect(told).toEqual([]);
    await answer();
    expect(told).toEqual([wait.value]);
  });

  test("waits for the function if it waits for nothing else", async () => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a", { timeoutMs: 0 }));
    await pass(1000);
    expect(wait.state).toBe("pending");
    await answer();
    expect(wait.value?.allowed).toBe(true);
  });

  test("ends at once with the reason of its signal, and charges nothing", async () => {
    const limiter = limiterOf(limit);
    const abort = new AbortController();
    const wait = watch(limiter.wait("a", { signal: abort.signal }));
    await flush();
    abort.abort("gone");
    await flush();
    expect(wait).toEqual({ state: "rejected", reason: "gone" });
    await answer();
    expect(await left(limiter)).toBe(1);
  });

  test("ends at once when its limiter is closed, and charges nothing", async () => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a"));
    await flush();
    limiter.close();
    await flush();
    expect(wait.reason).toBeInstanceOf(LimiterClosedError);
    await answer();
    expect(await left(limiter)).toBe(1);
  });

  test("has so much less time for its turn", async () => {
    const limiter = limiterOf(limit);
    await spend(limiter);
    const short = watch(limiter.wait("a", { timeoutMs: 999 }));
    const long = watch(limiter.wait("a", { timeoutMs: 1000 }));
    await pass(200);
    await answer();
    expect(short.value).toMatchObject({ allowed: false, reason: "limited", retryAfterMs: 800 });
    expect(long.state).toBe("pending");
    await pass(800);
    expect(long.value?.allowed).toBe(true);
  });

  test("takes its cost and its signal along", async () => {
    const limiter = limiterOf(limit);
    const abort = new AbortController();
    const never = watch(limiter.wait("a", { cost: 2 }));
    const waits = watch(limiter.wait("b", { signal: abort.signal }));
    const behind = watch(limiter.wait("b", { signal: abort.signal }));
    await answer();
    expect(never.value).toMatchObject({ allowed: false, reason: "never", cost: 2 });
    expect([waits.state, behind.state]).toEqual(["resolved", "pending"]);
    abort.abort("gone");
    await flush();
    expect(behind).toEqual({ state: "rejected", reason: "gone" });
  });

  test("does not wait for a slow store when the function answers at the very end", async () => {
    const store = faultyStore(clock);
    store.fault = "holding";
    const limiter = limiterOf(limit, store);
    const wait = watch(limiter.wait("a", { timeoutMs: 50 }));
    await pass(50);
    await answer();
    expect([wait.state, store.asked]).toEqual(["pending", 1]);
    await pass(2);
    expect(wait.value).toMatchObject({ allowed: false, reason: "store-error" });
    store.fault = undefined;
    store.answerLate();
    await flush();
    expect(await left(limiter)).toBe(1);
  });

  test("asks the function once where there is room", async () => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a"));
    await answer();
    expect(wait.value?.allowed).toBe(true);
    expect(asked).toBe(1);
  });

  test.each(["5", -1, null, { own: "5" }])("fails at once for a cost of %j", async (cost) => {
    const limiter = limiterOf(limit);
    const wait = watch(limiter.wait("a", { cost: cost as number, timeoutMs: 50 }));
    await flush();
    expect(wait.reason).toMatchObject({ code: "INVALID_COST" });
  });

  test("fails as the function does, also when nobody waits any more", async () => {
    const cause = new Error("the database of plans is down");
    let fail = () => {};
    const limits = () => new Promise<Limit>((_resolve, reject) => (fail = () => reject(cause)));
    const limiter = rateLimiter({ limits, store: memoryStore({ clock }), timeoutMs: 60_000 });
    const wait = watch(limiter.wait("a", { timeoutMs: 50 }));
    fail();
    await flush();
    expect(wait.reason).toMatchObject({ code: "LIMITS_FAILED", cause });
    const late = watch(limiter.wait("a", { timeoutMs: 50 }));
    await pass(51);
    fail();
    await flush();
    expect(late.value).toMatchObject({ allowed: false, reason: "store-error" });
  });
});

test("who is late because the function is slow when its turn has come is refused under the limits that it knew", async () => {
  const limiter = limiterOf(fixedWindow({ limit: 1, window: "1s" }));
  await spend(limiter);
  isHolding = false;
  const wait = watch(limiter.wait("a", { timeoutMs: 1050 }));
  await flush();
  isHolding = true;
  await pass(1000);
  expect([wait.state, held.length]).toEqual(["pending", 1]);
  await pass(51);
  expect(wait.value).toMatchObject({ allowed: false, reason: "limited", limit: 1 });
  await answer();
  expect(await left(limiter)).toBe(1);
});
