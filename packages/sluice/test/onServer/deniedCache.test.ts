import * as fc from "fast-check";
import {
  concurrency,
  fixedWindow,
  memoryStore,
  rateLimiter,
  slidingLog,
  type Store,
  tokenBucket,
} from "sluice";
import { manualClock } from "sluice/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { guard } from "../../src/guard/guard.ts";
import { withDeniedCache } from "../../src/stores/onServer/withDeniedCache.ts";
import { fromTest, request } from "../guard/ask.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A store that answers by promise and counts how often it is asked, with a cache before it; both clocks go together. */
function cached() {
  const clock = manualClock();
  const memory = memoryStore({ clock });
  const counts = { asked: 0 };
  const store: Store = {
    ...memory,
    prepare(plan) {
      const { decide, act, reset } = memory.prepare(plan);
      return {
        decide: async (...call) => (counts.asked++, structuredClone(await decide(...call))),
        act: (...call) => act(...call),
        reset: (...keys) => reset(...keys),
      };
    },
  };
  const pass = (ms: number) => {
    clock.advance(ms);
    vi.advanceTimersByTime(ms);
  };
  return { store: withDeniedCache(store), plain: store, counts, pass, clock };
}

const limits = fixedWindow({ limit: 2, window: "1m" });
const plan = { namespace: "cache", pool: "p", limits: [limits], block: { scope: "", duration: 0 } };

describe("a key that was refused", () => {
  test("is refused again without asking, marked, with a wait that gets shorter", async () => {
    const { store, counts, pass } = cached();
    const limiter = rateLimiter({ limits: tokenBucket({ capacity: 1, refill: "1/s" }), store });
    await limiter.consume("a");
    const refused = await limiter.consume("a");
    expect(refused).not.toHaveProperty("cached");
    pass(400);
    const { retryAfterMs, resetAfterMs } = refused;
    await expect(limiter.consume("a")).resolves.toMatchObject({
      allowed: false,
      cached: true,
      reason: "limited",
      remaining: 0,
      retryAfterMs: retryAfterMs - 400,
      resetAfterMs: resetAfterMs - 400,
    });
    expect(counts.asked).toBe(2);
    pass(600);
    await expect(limiter.consume("a")).resolves.toMatchObject({ allowed: true });
  });

  test("is asked about again after a second, and at once when it pays less", async () => {
    const { store, counts, pass } = cached();
    const limiter = rateLimiter({ limits, store });
    await limiter.consume("a", { cost: 3 });
    await limiter.consume("a", { cost: 4 });
    expect(counts.asked).toBe(1);
    await expect(limiter.consume("a", { cost: 2 })).resolves.toMatchObject({ allowed: true });
    expect(counts.asked).toBe(2);
    await limiter.consume("a", { cost: 1 });
    pass(999);
    await limiter.peek("a", { cost: 1 });
    expect(counts.asked).toBe(3);
    pass(1);
    await limiter.consume("a", { cost: 1 });
    expect(counts.asked).toBe(4);
  });

  test("is told the wait of what it pays now, and that what is over the limit never passes", async () => {
    const { store, counts, pass } = cached();
    const limiter = rateLimiter({ limits: tokenBucket({ capacity: 10, refill: "1/s" }), store });
    for (const cost of [10, 1]) await limiter.consume("a", { cost });
    pass(250);
    const told = [1, 8, 11].map((cost) => limiter.consume("a", { cost }));
    expect((await Promise.all(told)).map(({ reason, retryAfterMs }) => [reason, retryAfterMs])).toEqual([
      ["limited", 750],
      ["limited", 7750],
      ["never", Infinity],
    ]);
    expect(counts.asked).toBe(2);
  });

  test("under a log is asked about again when it pays more, since only the store knows what leaves when", async () => {
    const { store, counts } = cached();
    const limiter = rateLimiter({ limits: slidingLog({ limit: 2, window: "1m" }), store });
    for (const cost of [2, 1, 1]) await limiter.consume("a", { cost });
    expect(counts.asked).toBe(2);
    await limiter.consume("a", { cost: 2 });
    expect(counts.asked).toBe(3);
  });

  test("is forgotten by a reset, also if the refusal comes after it", async () => {
    const { store } = cached();
    const limiter = rateLimiter({ limits, store });
    await limiter.consume("a", { cost: 2 });
    await limiter.consume("a");
    await limiter.reset("a");
    await expect(limiter.consume("a", { cost: 2 })).resolves.toMatchObject({ allowed: true });
    const [refused] = await Promise.all([limiter.consume("a"), limiter.reset("a")]);
    expect(refused.allowed).toBe(false);
    await expect(limiter.consume("a")).resolves.toMatchObject({ allowed: true });
  });

  test.each(["refund", "settle", "unbook"] as const)("is forgotten by %s", async (does) => {
    const { store } = cached();
    const { decide, act, known } = store.prepare(plan);
    const reserve = { does: "reserve", costs: 2, id: "id", ttl: 60_000_000, nonce: 1 } as const;
    const { now, verdicts } = await act("a", reserve);
    await decide("a", 1, "consume");
    expect(known?.("a", 1)).toMatchObject({ allowed: false });
    await act("a", { does, costs: 1, id: "id", until: [now + verdicts[0].reset] });
    expect(known?.("a", 1)).toBeUndefined();
    expect((await decide("a", 1, "consume")).allowed).toBe(true);
  });

  test("because it is blocked is forgotten when that is lifted, not when it is prolonged", async () => {
    const { store } = cached();
    const { decide, act, known } = store.prepare(plan);
    await act("a", { does: "block", duration: 60_000_000 });
    await decide("a", 1, "consume");
    await act("a", { does: "block", duration: 120_000_000 });
    expect(known?.("a", 1)).toMatchObject({ blocked: true });
    await act("a", { does: "block", duration: 0 });
    expect(known?.("a", 1)).toBeUndefined();
  });

  test.each([limits, slidingLog({ limit: 2, window: "1m" })])(
    "because it is blocked is asked about as soon as that is over, which begins the next block: $algorithm",
    async (limit) => {
      const { store, pass } = cached();
      const block = { scope: "", duration: 300_000 };
      const { decide, known } = store.prepare({ ...plan, limits: [limit], block });
      for (const cost of [2, 1, 1]) await decide("a", cost, "consume");
      pass(299);
      expect(known?.("a", 1)).toMatchObject({ blocked: true, blockedFor: 1000 });
      pass(1);
      expect(known?.("a", 1)).toBeUndefined();
      const next = { allowed: false, blocked: false, blockedFor: 300_000 };
      await expect(decide("a", 1, "consume")).resolves.toMatchObject(next);
    },
  );

  test("by a limit on what runs at once is always asked about: another process may end something", async () => {
    const { store } = cached();
    const { decide, known } = store.prepare({ ...plan, limits: [concurrency({ limit: 1 })] });
    for (let i = 0; i < 2; i++) await decide("a", 1, "consume");
    expect(known?.("a", 1)).toBeUndefined();
  });

  test("and pays for refused calls too is always asked about", async () => {
    const { store, counts } = cached();
    const limiter = rateLimiter({
      limits: fixedWindow({ limit: 2, window: "1m", countDenied: true }),
      store,
    });
    for (let i = 0; i < 5; i++) await limiter.consume("a");
    expect(counts.asked).toBe(5);
  });

  test("is told that it is blocked, after the refusal that blocked it", async () => {
    const { store, counts } = cached();
    const { check } = guard({
      rules: [{ limits, blockFor: "1m" }],
      identify: fromTest,
      store,
    });
    const reasons = [];
    for (let i = 0; i < 6; i++) reasons.push((await check(request("GET /"))).decided[0].decision.reason);
    expect(reasons).toEqual(["ok", "ok", "limited", "blocked", "blocked", "blocked"]);
    expect(counts.asked).toBe(4);
  });
});

test("whoever is asked with the cache is answered as without it", async () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b"),
    cost: fc.integer({ min: 0, max: 4 }),
    pass: fc.constantFrom(0, 0, 1, 250, 999, 1000, 5000),
    reset: fc.integer({ min: 0, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const both = [cached(), cached()];
      const limiters = both.map(({ store, plain }, i) =>
        rateLimiter({
          limits: [limits, tokenBucket({ capacity: 3, refill: "1/s" })],
          store: i === 0 ? store : plain,
        }),
      );
      for (const { key, cost, pass, reset } of steps) {
        // One clock of the process for both, two of the stores.
        both[0].pass(pass);
        both[1].clock.advance(pass);
        for (const limiter of reset === 0 ? limiters : []) await limiter.reset(key);
        const [a, b] = await Promise.all(limiters.map((limiter) => limiter.consume(key, { cost })));
        const { cached: _, ...told } = a;
        expect(told).toEqual(b);
      }
    }),
  );
});
