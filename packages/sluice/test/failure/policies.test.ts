import {
  adaptive,
  concurrency,
  fixedWindow,
  type LimiterEvent,
  RateLimitExceededError,
  rateLimiter,
  StoreError,
  temporaryReducedCapacity,
  tokenBucket,
} from "sluice";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DOWN, faultyStore } from "./faultyStore.ts";

const limits = fixedWindow({ limit: 10, window: "30d" });

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function failing(options: Parameters<typeof rateLimiter>[0] | object = {}) {
  const store = faultyStore();
  const events: LimiterEvent[] = [];
  const limiter = rateLimiter({
    limits,
    store,
    timeoutMs: 5,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { store, limiter, events };
}

describe.each([DOWN, "silent" as const])("while the store fails (%s)", (fault) => {
  test("local decides in this process, and says so", async () => {
    const { store, limiter } = failing();
    store.fault = fault;
    await expect(limiter.consume("a", { cost: 4 })).resolves.toMatchObject({
      allowed: true,
      remaining: 6,
      reason: "ok",
      degraded: "local",
    });
    await expect(limiter.peek("a", { cost: 7 })).resolves.toMatchObject({
      allowed: false,
      remaining: 6,
      degraded: "local",
    });
  });

  test("open lets everything pass and claims no numbers", async () => {
    const { store, limiter } = failing({ onStoreError: "open" });
    store.fault = fault;
    const decision = await limiter.consume("a", { cost: 400 });
    expect(decision).toEqual({
      allowed: true,
      key: "a",
      cost: 400,
      limit: Infinity,
      remaining: Infinity,
      retryAfterMs: 0,
      resetAfterMs: 0,
      reason: "store-error",
      degraded: "open",
      limits: [],
    });
  });

  test("closed refuses everything for a second", async () => {
    const { store, limiter } = failing({ onStoreError: "closed" });
    store.fault = fault;
    await expect(limiter.consume("a")).resolves.toEqual({
      allowed: false,
      key: "a",
      cost: 1,
      limit: 0,
      remaining: 0,
      retryAfterMs: 1000,
      resetAfterMs: 1000,
      reason: "store-error",
      degraded: "closed",
      limits: [],
    });
    const refusal = await limiter.acquire("a").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RateLimitExceededError);
    expect(refusal).toMatchObject({ status: 503, statusCode: 503, retryAfterMs: 1000 });
  });

  test("throw rejects with the store's error", async () => {
    const { store, limiter } = failing({ onStoreError: "throw" });
    store.fault = fault;
    const error = await limiter.consume("a").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: fault === "silent" ? "STORE_TIMEOUT" : "STORE_FAILED", status: 503 });
  });

  test("no policy can reset in the store's place", async () => {
    const { store, limiter } = failing();
    store.fault = fault;
    await limiter.consume("a");
    await expect(limiter.reset("a")).rejects.toBeInstanceOf(StoreError);
    expect((await limiter.consume("a")).remaining).toBe(9);
  });
});

describe("local", () => {
  test("case 43: limit 10 and 2 replicas let 5 pass, however often the store comes and goes", async () => {
    const { store, limiter } = failing({ replicas: 2 });
    let admitted = 0;
    for (let flap = 0; flap < 20; flap++) {
      store.fault = DOWN;
      for (let call = 0; call < 3; call++) if ((await limiter.consume("a")).allowed) admitted++;
      store.fault = undefined;
      await limiter.consume("other");
    }
    expect(admitted).toBe(5);
  });

  test("a share is rounded up, and a bucket fills at its share of the rate", async () => {
    const { store, limiter } = failing({
      limits: [tokenBucket({ capacity: 10, refill: "9/s", name: "bucket" }), limits],
      replicas: 3,
    });
    store.fault = DOWN;
    const { limits: told } = await limiter.consume("a");
    expect(told).toMatchObject([
      { limit: 4, remaining: 3, windowMs: 1333.334 },
      { limit: 4, remaining: 3 },
    ]);
  });

  test.each([1, 3])(
    "an adaptive limit has a share for %d processes, also of loads that only add up",
    (replicas) => {
      const rates = ["20000/s", "1/d"] as const;
      const shared = adaptive({ limit: 9, window: "1m", load: "shared", loadLimit: rates });
      expect(failing({ limits: shared, replicas }).limiter).toBeDefined();
      expect(shared.share(replicas)).toMatchObject({ limit: (9 * 2) / replicas });
    },
  );

  test("a cost over the share but not over the limit is not told that it can never pass", async () => {
    const { store, limiter } = failing({ replicas: 2 });
    store.fault = DOWN;
    const over = await limiter.consume("a", { cost: 7 });
    expect(over).toMatchObject({
      allowed: false,
      reason: "store-error",
      retryAfterMs: 1000,
      degraded: "local",
    });
    const refusal = await limiter.acquire("a", { cost: 7 }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 503, statusCode: 503, problem: temporaryReducedCapacity() });
    await expect(limiter.consume("a", { cost: 11 })).resolves.toMatchObject({
      reason: "never",
      retryAfterMs: Infinity,
    });
  });
});

describe("the store is asked", () => {
  test("no more after five failures in a row, and then once a second by one call", async () => {
    const { store, limiter } = failing();
    store.fault = DOWN;
    for (let i = 0; i < 20; i++) await limiter.consume("a");
    expect(store.asked).toBe(5);
    vi.advanceTimersByTime(1000);
    store.fault = "silent";
    await Promise.all(Array.from({ length: 20 }, () => limiter.consume("a")));
    expect(store.asked).toBe(6);
    vi.advanceTimersByTime(1000);
    store.fault = undefined;
    await expect(limiter.consume("b")).resolves.toMatchObject({ degraded: false });
    await expect(limiter.consume("b")).resolves.toMatchObject({ degraded: false });
    expect(store.asked).toBe(8);
  });

  test("by reservations as by calls", async () => {
    const { store, limiter } = failing({ onStoreError: "closed" });
    store.fault = DOWN;
    for (let i = 0; i < 20; i++) expect((await limiter.reserve("a")).degraded).toBe("closed");
    expect(store.asked).toBe(5);
  });

  test("by all limiters of one store as by one", async () => {
    const { store, limiter } = failing();
    const other = rateLimiter({ limits, store, name: "other", onStoreError: "throw" });
    store.fault = DOWN;
    for (let i = 0; i < 5; i++) await limiter.consume("a");
    await expect(other.consume("a")).rejects.toBe(DOWN);
    expect(store.asked).toBe(5);
  });

  test("by who waits long enough for its answers, though others do not", async () => {
    const { store, limiter: hasty } = failing({ onStoreError: "open" });
    const patient = rateLimiter({ limits, store, name: "patient", onStoreError: "throw", timeoutMs: 60_000 });
    store.fault = "silent";
    for (let i = 0; i < 6; i++) await expect(hasty.consume("a")).resolves.toMatchObject({ degraded: "open" });
    expect(store.asked).toBe(5);
    const late = patient.consume("a");
    expect(store.asked).toBe(6);
    store.answerLate();
    await expect(late).resolves.toMatchObject({ degraded: false });
  });

  test("again after a wrong argument spoiled the call that was to find out", async () => {
    const { store, limiter } = failing();
    store.fault = DOWN;
    for (let i = 0; i < 5; i++) await limiter.consume("a");
    vi.advanceTimersByTime(1000);
    store.fault = new StoreError("STORE_CLOSED", "closed");
    await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
    store.fault = undefined;
    await expect(limiter.consume("a")).resolves.toMatchObject({ degraded: false });
  });
});

describe("events", () => {
  test("case 42: one for each change of state", async () => {
    const { store, limiter, events } = failing({ onStoreError: "open" });
    store.fault = DOWN;
    for (let i = 0; i < 10; i++) await limiter.consume("a");
    store.fault = undefined;
    vi.advanceTimersByTime(1000);
    for (let i = 0; i < 10; i++) await limiter.consume("a");
    expect(events).toEqual([
      { type: "degraded", limiter: "default", degraded: "open", error: DOWN },
      { type: "degraded", limiter: "default", degraded: false, error: undefined },
    ]);
  });

  test("a store that fails now and then is told to work when it has not failed for a second", async () => {
    const { store, limiter, events } = failing({ onStoreError: "open" });
    for (let i = 0; i < 20; i++) {
      store.fault = i % 2 === 0 ? DOWN : undefined;
      await expect(limiter.consume("a")).resolves.toMatchObject({ degraded: i % 2 === 0 && "open" });
      vi.advanceTimersByTime(499);
    }
    expect(events).toMatchObject([{ degraded: "open" }]);
    vi.advanceTimersByTime(2);
    await limiter.consume("a");
    expect(events).toMatchObject([{ degraded: "open" }, { degraded: false }]);
  });

  test("case 45: what somebody must configure is told once for each code, and keeps nobody from the store", async () => {
    const { store, limiter, events } = failing({ onStoreError: "closed" });
    const error = (store.fault = new StoreError("STORE_MISCONFIGURED", "WRONGTYPE"));
    for (let i = 0; i < 10; i++)
      await expect(limiter.consume("a")).resolves.toMatchObject({ degraded: "closed" });
    expect(store.asked).toBe(10);
    expect(events).toEqual([{ type: "config", limiter: "default", error }]);
  });

  test("go to the console where nobody listens, and a listener that fails spoils no decision", async () => {
    const console = vi.spyOn(globalThis.console, "warn").mockImplementation(() => {});
    const { store, limiter } = failing({ onEvent: undefined });
    store.fault = DOWN;
    await limiter.consume("a");
    vi.advanceTimersByTime(1000);
    store.fault = undefined;
    await limiter.consume("a");
    store.fault = new StoreError("STORE_MISCONFIGURED", "WRONGTYPE");
    await limiter.consume("a");
    expect(console.mock.calls.flat()).toEqual([
      'sluice: limiter "default" is degraded (local): the server is gone',
      'sluice: limiter "default" is answered by its store again',
      'sluice: STORE_MISCONFIGURED: limiter "default": WRONGTYPE',
    ]);
    console.mockRestore();
    const complaint = vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
    const listening = failing({
      onEvent: () => {
        throw new Error("listener");
      },
    });
    listening.store.fault = DOWN;
    await expect(listening.limiter.consume("a")).resolves.toMatchObject({ degraded: "local" });
    expect(complaint).toHaveBeenCalledOnce();
    complaint.mockRestore();
  });
});

test("a late reply changes nothing, and a store that throws is a store that fails", async () => {
  const { store, limiter } = failing({ onStoreError: "closed" });
  store.fault = "silent";
  await expect(limiter.consume("a")).resolves.toMatchObject({ degraded: "closed" });
  store.fault = new TypeError("client bug");
  store.answerLate();
  await expect(limiter.consume("a")).resolves.toMatchObject({ degraded: "closed" });
});

describe("a reservation that the store has charged, and answered too late", () => {
  const running = { limits: concurrency({ limit: 5, ttl: "1h" }) };

  test("is given back, so that permits of this process hold none of the store's", async () => {
    const { store, limiter } = failing(running);
    store.fault = "holding";
    await Promise.all(Array.from({ length: 5 }, () => limiter.run("a", () => {})));
    store.fault = undefined;
    store.answerLate();
    await turns(3);
    vi.advanceTimersByTime(1000);
    await expect(limiter.peek("a", { cost: 0 })).resolves.toMatchObject({ remaining: 5, degraded: false });
  });

  test("is given back whole, whatever it cost", async () => {
    const { store, limiter } = failing({ onStoreError: "closed" });
    store.fault = "holding";
    expect((await limiter.reserve("a", { cost: 3 })).degraded).toBe("closed");
    store.fault = undefined;
    store.answerLate();
    await turns(3);
    await expect(limiter.peek("a", { cost: 0 })).resolves.toMatchObject({ remaining: 10, degraded: false });
  });

  test("stays where its id was given, for who asks again finds it", async () => {
    const { store, limiter } = failing(running);
    store.fault = "holding";
    await limiter.reserve("a", { id: "job" });
    store.fault = undefined;
    store.answerLate();
    await turns(3);
    await expect(limiter.reserve("a", { id: "job" })).resolves.toMatchObject({
      remaining: 4,
      degraded: false,
    });
  });
});

test("a closed store is no fault: every policy rejects", async () => {
  for (const onStoreError of ["local", "open", "closed", "throw"] as const) {
    const { store, limiter } = failing({ onStoreError });
    await store.close();
    await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
  }
});

describe("a long turn of this process is no timeout", () => {
  const budget = { onStoreError: "throw", timeoutMs: 300 };

  test("if the reply came meanwhile", async () => {
    const { store, limiter } = failing(budget);
    store.fault = "silent";
    const decision = limiter.consume("a");
    await turns(3);
    setImmediate(() => store.answerLate());
    beBusy(350);
    await expect(decision).resolves.toMatchObject({ allowed: true });
  });

  test("if a call was made when it began, for it leaves for the store when it ends", async () => {
    const { store, limiter } = failing(budget);
    store.fault = "silent";
    const decision = limiter.consume("a");
    beBusy(350);
    void turns(5).then(() => store.answerLate());
    await expect(decision).resolves.toMatchObject({ allowed: true });
  });
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

function beBusy(ms: number): void {
  const until = Date.now() + ms;
  while (Date.now() < until);
}

test.each([
  [
    { onStoreError: "closd" },
    /onStoreError must be "local", "open", "closed", "throw", not "closd"/,
    "closed",
  ],
  [{ timeoutMs: 0 }, /timeoutMs must be a whole number from 1 to 60000, not 0/, 1],
  [{ timeoutMs: Infinity }, /timeoutMs must be/, 60_000],
  [{ replicas: 1.5 }, /replicas must be a whole number from 1 to 10000/, 2],
  [{ onEvent: "log" }, /onEvent must be a function/, undefined],
])("%o is refused", (options, message, nearest) => {
  let error: unknown;
  try {
    failing(options);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringMatching(message) as string,
    nearest,
  });
});
