import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  concurrency,
  fixedWindow,
  type Limiter,
  LimiterClosedError,
  type LimitsInput,
  rateLimiter,
  slidingWindow,
  tokenBucket,
} from "../../src/index.ts";
import { manualClock, type ManualClock } from "../../src/testing/index.ts";
import { DOWN, type FaultyStore, faultyStore } from "../failure/faultyStore.ts";
import { flush, watch } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

const ways: readonly [string, LimitsInput][] = [
  ["slots are booked", tokenBucket({ capacity: 10, refill: "1/d" })],
  ["callers stand in line", slidingWindow({ limit: 10, window: "1d" })],
];

let clock: ManualClock;
let store: FaultyStore;
beforeEach(() => {
  clock = manualClock();
  store = faultyStore(clock);
});
// The deadlines of calls that were not answered would keep the process.
afterEach(() => store.answerLate());

function limiterOf(limits: LimitsInput): Limiter {
  return rateLimiter({ limits, store, namespace: "slow", onStoreError: "throw", timeoutMs: 60_000 });
}

async function answer(): Promise<void> {
  store.fault = undefined;
  store.answerLate();
  await flush();
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await flush();
}

const left = async (limiter: Limiter) => (await limiter.peek("a", { cost: 0 })).remaining;

describe.each(ways)("a wait whose store keeps its answer back, where %s", (_, limits) => {
  test("is refused when its time is over, and gives back what it was charged", async () => {
    const limiter = limiterOf(limits);
    store.fault = "holding";
    const wait = watch(limiter.wait("a", { timeoutMs: 100 }));
    await flush();
    await pass(100);
    expect(wait.state).toBe("pending");
    await pass(1);
    expect(wait.value).toMatchObject({
      allowed: false,
      key: "a",
      cost: 1,
      reason: "store-error",
      degraded: "closed",
      retryAfterMs: 1000,
    });
    await answer();
    expect(await left(limiter)).toBe(10);
  });

  test("waits for the answer if it waits for nothing else", async () => {
    const limiter = limiterOf(limits);
    store.fault = "holding";
    const waits = [1, 2, 3].map(() => watch(limiter.wait("a", { timeoutMs: 0 })));
    await flush();
    await pass(1000);
    await answer();
    expect(waits.map(({ value }) => value?.allowed)).toEqual([true, true, true]);
  });

  test("ends at once with the reason of its signal, and gives back what it was charged", async () => {
    const limiter = limiterOf(limits);
    store.fault = "holding";
    const abort = new AbortController();
    const wait = watch(limiter.wait("a", { signal: abort.signal }));
    await flush();
    abort.abort("gone");
    await flush();
    expect(wait).toEqual({ state: "rejected", reason: "gone" });
    await answer();
    expect(await left(limiter)).toBe(10);
  });

  test("ends at once when its limiter is closed, and gives back what it was charged", async () => {
    const limiter = limiterOf(limits);
    store.fault = "holding";
    const wait = watch(limiter.wait("a"));
    await flush();
    limiter.close();
    await flush();
    expect(wait.reason).toBeInstanceOf(LimiterClosedError);
    await answer();
    expect(await left(limiter)).toBe(10);
  });

  test("one too many ends in its time, too, and by its signal", async () => {
    const limiter = limiterOf(limits);
    store.fault = "holding";
    const first = watch(limiter.wait("a"));
    await flush();
    const abort = new AbortController();
    const late = watch(limiter.wait("a", { maxQueue: 1, timeoutMs: 100 }));
    const aborted = watch(limiter.wait("a", { maxQueue: 1, signal: abort.signal }));
    await flush();
    abort.abort("gone");
    await pass(101);
    expect(late.value).toMatchObject({ allowed: false, reason: "store-error" });
    expect(aborted).toEqual({ state: "rejected", reason: "gone" });
    await answer();
    expect(first.value?.allowed).toBe(true);
    expect(await left(limiter)).toBe(9);
  });
});

test("a slot that is given up comes back to a store that is left alone, too", async () => {
  const limits = tokenBucket({ capacity: 1, refill: "1/h" });
  const limiter = rateLimiter({ limits, store, namespace: "slow", onStoreError: "closed", onEvent() {} });
  await limiter.consume("a");
  const abort = new AbortController();
  watch(limiter.wait("a", { timeoutMs: 3_600_000, signal: abort.signal }));
  await flush();
  store.fault = DOWN;
  for (let n = 0; n < 5; n++) await limiter.consume("b");
  store.fault = undefined;
  abort.abort("gone");
  await flush();
  const other = rateLimiter({ limits, store: { ...store }, namespace: "slow", onStoreError: "throw" });
  clock.advance("1h");
  expect((await other.peek("a", { cost: 0 })).remaining).toBe(1);
});

test("who stands behind in a line goes when its time is over, and is not asked for", async () => {
  const limiter = limiterOf(slidingWindow({ limit: 10, window: "1d" }));
  store.fault = "holding";
  const first = watch(limiter.wait("a"));
  const behind = watch(limiter.wait("a", { timeoutMs: 100 }));
  await flush();
  await pass(101);
  expect([first.state, behind.state]).toEqual(["pending", "resolved"]);
  expect(behind.value?.allowed).toBe(false);
  await answer();
  expect(first.value?.allowed).toBe(true);
  expect(store.asked).toBe(1);
});

test("who is next in a line asks when what the one before was charged has come back", async () => {
  const limiter = limiterOf(fixedWindow({ limit: 1, window: "1h" }));
  const abort = new AbortController();
  store.fault = "holding";
  const gone = watch(limiter.wait("a", { signal: abort.signal }));
  const next = watch(limiter.wait("a"));
  await flush();
  abort.abort("gone");
  store.fault = "silent";
  store.answerLate();
  await flush();
  expect(store.asked).toBe(2);
  await answer();
  expect([gone.state, next.value?.allowed]).toEqual(["rejected", true]);
});

test("nobody is refused for those who wait while the store fails open", async () => {
  const limits = fixedWindow({ limit: 1, window: "1h" });
  const limiter = rateLimiter({ limits, store, namespace: "slow", onStoreError: "open", onEvent() {} });
  await limiter.consume("a");
  const first = watch(limiter.wait("a", { timeoutMs: 3_600_000 }));
  await flush();
  store.fault = DOWN;
  const behind = await limiter.wait("a", { timeoutMs: 100 });
  const tooMany = await limiter.wait("a", { maxQueue: 1 });
  expect(first.state).toBe("pending");
  for (const decision of [behind, tooMany])
    expect(decision).toMatchObject({ allowed: true, degraded: "open" });
});

test("who is refused because others wait longer is told so in its time", async () => {
  const limiter = limiterOf(fixedWindow({ limit: 1, window: "1h" }));
  await limiter.consume("a");
  watch(limiter.wait("a", { timeoutMs: 3_600_000 }));
  await flush();
  store.fault = "holding";
  const abort = new AbortController();
  const late = watch(limiter.wait("a", { timeoutMs: 100 }));
  const aborted = watch(limiter.wait("a", { timeoutMs: 100, signal: abort.signal }));
  await flush();
  abort.abort("gone");
  await pass(101);
  expect(late.value).toMatchObject({ allowed: false, reason: "store-error" });
  expect(aborted).toEqual({ state: "rejected", reason: "gone" });
  limiter.close();
});

test("whose time was over before its turn, in a process that was kept from it, is refused and not charged", async () => {
  const { limiter, clock: own } = manualLimiter(fixedWindow({ limit: 1, window: "1s" }));
  await limiter.wait("a");
  const wait = watch(limiter.wait("a", { timeoutMs: 1000 }));
  await flush();
  own.advance("5s");
  await flush();
  expect(wait.value).toMatchObject({ allowed: false, reason: "limited", degraded: false });
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(1);
});

test.each([30_000, 600_000])(
  "a permit that comes back while who waits %i ms is being told that there is none lets it in at once",
  async (timeoutMs) => {
    const limiter = limiterOf(concurrency({ limit: 1, ttl: "1m" }));
    const permit = await limiter.enter("a");
    store.fault = "holding";
    const wait = watch(limiter.wait("a", { timeoutMs }));
    await flush();
    store.fault = undefined;
    await permit[Symbol.asyncDispose]();
    expect(wait.state).toBe("pending");
    await answer();
    expect(wait.value?.allowed).toBe(true);
    limiter.close();
  },
);

test("what is given back while the first of a line is asked for lets in those behind it, too", async () => {
  const limiter = limiterOf(fixedWindow({ limit: 2, window: "1h" }));
  await limiter.consume("a", { cost: 2 });
  store.fault = "holding";
  const waits = [1, 2, 3].map(() => watch(limiter.wait("a", { timeoutMs: 3_600_000 })));
  await flush();
  store.fault = undefined;
  await limiter.refund("a", 2);
  await answer();
  expect(waits.map(({ state }) => state)).toEqual(["resolved", "resolved", "pending"]);
  limiter.close();
  await flush();
});
