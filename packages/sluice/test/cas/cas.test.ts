import {
  adaptive,
  concurrency,
  fixedWindow,
  type LimitsInput,
  type Mode,
  type Plan,
  rateLimiter,
  readLimits,
  slidingWindow,
  type Store,
  tokenBucket,
} from "sluice";
import { type CasBackend, casStore, type CasStoreOptions, changesTwoRecords } from "sluice/cas";
import { manualClock, testStore } from "sluice/testing";
import { describe, expect, test, vi } from "vitest";
import { MapBackend } from "./mapBackend.ts";

testStore(
  () => {
    const clock = manualClock();
    const backend = new MapBackend(clock);
    return {
      store: storeOver(backend, { clock }),
      clock,
      refuses: changesTwoRecords,
      size: () => backend.size,
    };
  },
  { describe, test },
  { name: "casStore over a Map" },
);

function storeOver<Version>(
  backend: CasBackend<Version>,
  rest: Omit<CasStoreOptions<Version>, keyof CasBackend<Version>> = {},
) {
  return casStore({ read: (key) => backend.read(key), swap: (...to) => backend.swap(...to), ...rest });
}

function setUp() {
  const clock = manualClock();
  const backend = new MapBackend(clock);
  const read = vi.fn<MapBackend["read"]>((key) => backend.read(key));
  const swap = vi.fn<MapBackend["swap"]>((...to) => backend.swap(...to));
  return { clock, backend, read, swap, store: casStore({ read, swap, clock }) };
}

/** A plan with a block, of which limiters have none. */
function blocking(limits: Plan["limits"], duration = 60_000_000): Plan {
  return { namespace: "test", pool: "a", limits, block: { scope: "", duration } };
}

/** The verbs of a store itself: a limiter would answer its faults by its policy. */
function verbs(store: Store, limits: LimitsInput) {
  const prepared = store.prepare(blocking(readLimits("test", limits), 0));
  const remaining = async (mode: Mode, cost: number) =>
    (await prepared.decide("a", cost, mode)).verdicts[0].remaining;
  return {
    consume: () => remaining("consume", 1),
    left: () => remaining("peek", 0),
    reset: () => prepared.reset("a"),
  };
}

async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("what is written", () => {
  test("the calls of one turn on one key are two reads and one swap", async () => {
    const { store, read, swap } = setUp();
    const limiter = rateLimiter({ limits: ["100/m", "1000/h"], store });
    const decisions = await Promise.all(Array.from({ length: 100 }, () => limiter.consume("a")));
    expect(decisions.map(({ remaining }) => remaining)).toEqual(
      Array.from({ length: 100 }, (_, i) => 99 - i),
    );
    expect([read.mock.calls.length, swap.mock.calls.length]).toEqual([2, 1]);
  });

  test("calls that arrive while others of their key are on the way go together in the next round", async () => {
    const { store, swap } = setUp();
    const limiter = rateLimiter({ limits: "100/m", store });
    const first = limiter.consume("a");
    await vi.waitFor(() => expect(swap).toHaveBeenCalled());
    await Promise.all([first, ...Array.from({ length: 50 }, () => limiter.consume("a"))]);
    expect(swap).toHaveBeenCalledTimes(2);
  });

  test("a refused call swaps nothing", async () => {
    const { store, swap } = setUp();
    const limiter = rateLimiter({ limits: "2/m", store });
    for (let i = 0; i < 2; i++) await limiter.consume("a");
    swap.mockClear();
    expect((await limiter.consume("a")).allowed).toBe(false);
    await limiter.peek("a");
    expect(swap).not.toHaveBeenCalled();
  });

  test("a reset of a key that nobody used swaps nothing", async () => {
    const { store, swap } = setUp();
    await rateLimiter({ limits: "2/m", store }).reset("a");
    expect(swap).not.toHaveBeenCalled();
  });

  test("keys are 71 characters of a-z, 0-9 and -, whatever the user's key is", async () => {
    const { store, backend } = setUp();
    const limiter = rateLimiter({ limits: "2/m", store });
    for (const key of ["a b\n/../é", "x".repeat(5000)]) await limiter.consume(key);
    expect(backend.keys()).toHaveLength(2);
    for (const key of backend.keys()) expect(key).toMatch(/^sluice-[0-9a-f]{64}$/);
  });

  test("the ttl is whole milliseconds, at least 1, and reaches to where the state equals nothing", async () => {
    const { store, swap, clock } = setUp();
    clock.advanceMicroseconds(1);
    await rateLimiter({ limits: tokenBucket({ capacity: 10, refill: "3/s" }), store }).consume("a");
    await rateLimiter({
      limits: tokenBucket({ capacity: 10, refill: "999999/s" }),
      store,
      name: "fast",
    }).consume("a");
    expect(swap.mock.calls.map(([, , , ttlMs]) => ttlMs)).toEqual([334, 1]);
  });

  test("the calls before the one that starts a block are written before the block", async () => {
    const { store, swap, backend } = setUp();
    const prepared = store.prepare(blocking([fixedWindow({ limit: 2, window: "1m" })]));
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => prepared.decide("a", 1, "consume")));
    expect(outcomes.map(({ allowed, blocked, blockedFor }) => [allowed, blocked, blockedFor])).toEqual([
      [true, false, 0],
      [true, false, 0],
      [false, false, 60_000_000],
      [false, true, 60_000_000],
    ]);
    expect(swap).toHaveBeenCalledTimes(2);
    expect(backend.size).toBe(2);
  });
});

test("permits that came back are no longer in the record of their key", async () => {
  const { backend, store } = setUp();
  const limits = [concurrency({ limit: 2 }), slidingWindow({ limit: 1000, window: "1h" })];
  const limiter = rateLimiter({ limits, store, namespace: "permits", onStoreError: "throw" });
  const size = async () => (await backend.read(backend.keys()[0]))!.value.length;
  await limiter.run("a", () => {});
  const before = await size();
  for (let n = 0; n < 50; n++) await limiter.run("a", () => {});
  expect(backend.keys()).toHaveLength(1);
  expect(await size()).toBeLessThan(before + 10);
});

describe("a block beside the states", () => {
  const limits = [fixedWindow({ limit: 2, window: "1d" })];

  test("is read after them, so what was admitted fits both as they once were together", async () => {
    const { backend, clock } = setUp();
    const other = storeOver(backend, { clock }).prepare(blocking(limits));
    for (let i = 0; i < 2; i++) await other.decide("a", 1, "consume");
    const meanwhile = async () => {
      expect((await other.decide("a", 1, "consume")).blockedFor).toBe(60_000_000);
      await other.reset("a", "another block");
    };
    let reads = 0;
    const read: MapBackend["read"] = async (key) => {
      if (++reads === 2) await meanwhile();
      return backend.read(key);
    };
    const store = casStore({ read, swap: (...to) => backend.swap(...to), clock });
    const { allowed, blocked } = await store.prepare(blocking(limits)).decide("a", 1, "consume");
    expect([allowed, blocked]).toEqual([false, true]);
  });

  test("is repaired with them when the clock steps back: one after the other, once", async () => {
    const { store, swap, clock } = setUp();
    const prepared = store.prepare(blocking(limits));
    for (let i = 0; i < 3; i++) await prepared.decide("a", 1, "consume");
    clock.advanceMicroseconds(-1_000_000);
    swap.mockClear();
    await prepared.decide("a", 1, "consume");
    expect(swap).toHaveBeenCalledTimes(2);
    clock.advance(500);
    expect((await prepared.decide("a", 1, "consume")).blockedFor).toBe(59_500_000);
  });

  test("starts after what was charged before it was written; if that fails, those calls fail and no others", async () => {
    const { store, swap } = setUp();
    const prepared = store.prepare(blocking(limits));
    swap.mockRejectedValueOnce(new Error("connection lost"));
    const calls = [1, 2, 3, 4].map(() => prepared.decide("a", 1, "consume"));
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
  });
});

describe("what two records would need", () => {
  const counting = fixedWindow({ limit: 1, window: "1m", countDenied: true });

  test("load shared by all keys is refused when the limiter is constructed, with the nearest option", () => {
    const limits = adaptive({ limit: 5, window: "1m", load: "shared", loadLimit: "10/m" });
    expect(() => rateLimiter({ limits, store: setUp().store })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", value: "shared", nearest: "key", path: "load" }),
    );
  });

  test("countDenied beside a block is refused; without a block, or as a dry run, it is not", () => {
    const { store } = setUp();
    expect(() => store.prepare(blocking([counting]))).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", value: true, nearest: false, path: "countDenied" }),
    );
    store.prepare(blocking([counting], 0));
    store.prepare(blocking([{ ...counting, dryRun: true }]));
  });
});

describe("when something is in the way", () => {
  test("a swap that others beat is decided anew over what they wrote", async () => {
    const { backend, clock } = setUp();
    const other = verbs(storeOver(backend, { clock }), "10/m");
    let beaten = 0;
    const swap: MapBackend["swap"] = async (...to) => {
      if (beaten++ < 3) await other.consume();
      return backend.swap(...to);
    };
    const store = casStore({ read: (key) => backend.read(key), swap, clock });
    expect(await verbs(store, "10/m").consume()).toBe(6);
  });

  test("a key that others always change first fails with STORE_CONTENDED after 16 tries, and is not charged", async () => {
    const { backend, clock } = setUp();
    const swap = vi.fn<MapBackend["swap"]>(async () => false);
    const store = casStore({ read: (key) => backend.read(key), swap, clock });
    const limiter = verbs(store, "10/m");
    expect(await thrown(limiter.consume())).toMatchObject({ name: "StoreError", code: "STORE_CONTENDED" });
    expect(swap).toHaveBeenCalledTimes(16);
    expect(await limiter.left()).toBe(10);
  });

  test.each([
    ["before", 1],
    ["after", 0],
  ])("a swap that throws %s it was done is not sent again: its calls fail", async (when, left) => {
    const { backend, clock } = setUp();
    let isDown = true;
    const swap = vi.fn<MapBackend["swap"]>(async (...to) => {
      if (when === "after") await backend.swap(...to);
      if (isDown) throw new Error("connection lost");
      return true;
    });
    const store = casStore({ read: (key) => backend.read(key), swap, clock });
    const limiter = verbs(store, "1/m");
    const errors = await Promise.all([1, 2].map(() => thrown(limiter.consume())));
    for (const error of errors)
      expect(error).toMatchObject({ code: "STORE_FAILED", cause: new Error("connection lost") });
    expect(swap).toHaveBeenCalledTimes(1);
    isDown = false;
    expect(await limiter.left()).toBe(left);
  });

  test("a swap that throws fails its own calls, and those behind them are decided", async () => {
    const { backend, clock } = setUp();
    const swap = vi.fn<MapBackend["swap"]>((...to) => backend.swap(...to));
    swap.mockRejectedValueOnce(new Error("connection lost"));
    const store = casStore({ read: (key) => backend.read(key), swap, clock });
    const limiter = verbs(store, "1000/m");
    const results = await Promise.allSettled(Array.from({ length: 300 }, () => limiter.consume()));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(256);
  });

  test("a record of another version is an error, and is left as it is", async () => {
    const { store, backend, swap } = setUp();
    const limiter = verbs(store, "10/m");
    await limiter.consume();
    const [key] = backend.keys();
    backend.put(key, "[2,7]", 60_000);
    swap.mockClear();
    expect(await thrown(store.prepare(blocking([])).decide("b", 1, "consume"))).toBeUndefined();
    for (const use of [limiter.consume, limiter.left, limiter.reset])
      expect(await thrown(use())).toMatchObject({ code: "UNKNOWN_RECORD_VERSION" });
    expect(swap).not.toHaveBeenCalled();
  });

  test.each([
    ["text that is no record", async () => ({ value: "oops", version: 1 }), "STORE_MISCONFIGURED"],
    ["a value that is no text", async () => ({ value: [1] as never, version: 1 }), "STORE_FAILED"],
    ["no version", async () => ({ value: "[1]", version: undefined as never }), "STORE_FAILED"],
    ["null", async () => null as never, "STORE_FAILED"],
  ])("a backend that reads %s is told so", async (_, read, code) => {
    const store = casStore({ read, swap: async () => true });
    expect(await thrown(verbs(store, "1/m").consume())).toMatchObject({ code });
  });

  test("a swap that answers neither true nor false is no success", async () => {
    const store = casStore({ read: async () => undefined, swap: async () => "STORED" as never });
    const error = await thrown(verbs(store, "1/m").consume());
    expect(error).toMatchObject({ code: "STORE_FAILED", message: expect.stringContaining("true or false") });
  });

  test("a backend that never answers fails after ten seconds, and the next call is served", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { backend, clock } = setUp();
      const read = vi.fn<MapBackend["read"]>((key) => backend.read(key));
      read.mockReturnValueOnce(new Promise(() => {}));
      const store = casStore({ read, swap: (...to) => backend.swap(...to), clock });
      const limiter = verbs(store, "10/m");
      const first = thrown(limiter.consume());
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await first).toMatchObject({ code: "STORE_FAILED" });
      expect(await limiter.consume()).toBe(9);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("hosts whose clocks differ", () => {
  /** Two hosts that take turns, one of them behind, on a key whose bucket is empty. */
  async function admittedOverFull(behindMs: number): Promise<number> {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const start = Date.UTC(2026, 0, 1);
      const backend = new MapBackend(() => 0);
      const limits = tokenBucket({ capacity: 10, refill: "10/s" });
      const hosts = [0, behindMs].map((behind) => ({
        behind,
        limiter: rateLimiter({ limits, store: storeOver(backend) }),
      }));
      let admitted = 0;
      for (let ms = 0; ms < 1000; ms += 10) {
        for (const { behind, limiter } of hosts) {
          vi.setSystemTime(start + ms - behind);
          admitted += (await limiter.consume("a")).allowed ? 1 : 0;
        }
      }
      return admitted - 10;
    } finally {
      vi.useRealTimers();
    }
  }

  test.each([0, 1, 50, 4000])("by %i ms together admit what one clock would", async (behindMs) => {
    expect(await admittedOverFull(behindMs)).toBe(9);
  });

  test("a wall clock that was set back far blocks nobody for longer than the limit itself", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const limiter = rateLimiter({ limits: "1/m", store: storeOver(new MapBackend(() => 0)) });
      await limiter.consume("a");
      vi.setSystemTime(Date.now() - 86_400_000);
      const { allowed, retryAfterMs } = await limiter.consume("a");
      expect([allowed, retryAfterMs <= 120_000]).toEqual([false, true]);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("what is no backend is refused at construction", () => {
  const read = async () => undefined;
  const swap = async () => true;
  expect(() => casStore({ read, swap: undefined as never })).toThrow(/casStore swap must be a function/);
  expect(() => casStore({ read: 1 as never, swap })).toThrow(/casStore read must be a function, not 1/);
  expect(() => casStore({ read, swap, clock: Date.now })).toThrow(/microseconds/);
  expect(() => casStore({ read, swap, tll: 1 } as never)).toThrow(/no option "tll"/);
});
