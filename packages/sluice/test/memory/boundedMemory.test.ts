import { describe, expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { slidingLog } from "../../src/algorithms/log/slidingLog.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { rateLimiter } from "../../src/limiter/rateLimiter.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import type { Act } from "../../src/stores/Store.ts";
import { manualClock } from "../../src/testing/index.ts";
import { keysIn, smallStore } from "./smallStore.ts";

const perMinute = (limit: number) => fixedWindow({ limit, window: "1m" });

describe("a full store", () => {
  test("case 37: holds at most 2^24 keys", () => {
    for (const maxKeys of [2 ** 24 + 1, 0, -1, 1.5, Number.NaN, Infinity, "10" as unknown as number]) {
      expect(() => memoryStore({ maxKeys })).toThrow(TypeError);
      expect(() => memoryStore({ maxKeys })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "maxKeys" }),
      );
    }
    expect(() => memoryStore({ maxKeys: 2 ** 24 })).not.toThrow();
  });

  test("case 37: new keys share strict buckets, and an event tells so once", async () => {
    const events: unknown[] = [];
    const store = memoryStore({
      maxKeys: 10,
      clock: manualClock(),
      onOverflow: (event) => events.push(event),
    });
    const limiter = rateLimiter({ limits: perMinute(3), store });
    const decisions = Array.from({ length: 20_000 }, (_, i) => limiter.consumeSync(`key ${i % 5000}`));
    expect(decisions.slice(0, 10).every(({ degraded }) => degraded === false)).toBe(true);
    expect(decisions[10].degraded).toBe("overflow");
    const admitted = decisions.filter(({ allowed }) => allowed).length;
    expect(admitted).toBeLessThanOrEqual((10 + 1024) * 3);
    expect(admitted).toBeGreaterThan(1000 * 3);
    await Promise.resolve();
    expect(events).toEqual([{ maxKeys: 10 }]);
  });

  test("who was refused is not let in by a flood of other keys", () => {
    const limiter = rateLimiter({
      limits: perMinute(1),
      store: memoryStore({ maxKeys: 100, clock: manualClock() }),
    });
    limiter.consumeSync("victim");
    const admitted = keysIn(10_000).filter((key) => {
      limiter.consumeSync(key);
      return limiter.consumeSync("victim").allowed;
    });
    expect(admitted).toEqual([]);
  });

  test("what equals nothing makes room, and decisions are whole again", () => {
    const clock = manualClock();
    const limiter = rateLimiter({ limits: perMinute(1), store: memoryStore({ maxKeys: 10, clock }) });
    for (let i = 0; i < 20; i++) limiter.consumeSync(`key ${i}`);
    expect(limiter.peekSync("another").degraded).toBe("overflow");
    clock.advance("1m");
    for (let i = 0; i < 10; i++)
      expect(limiter.consumeSync(`later ${i}`)).toMatchObject({ allowed: true, degraded: false });
  });

  test("while some buckets are still shared, keys that find room are counted in rows of their own", () => {
    const clock = manualClock();
    const limits = fixedWindow({ limit: 2, window: "1m" });
    const limiter = rateLimiter({ limits, store: memoryStore({ maxKeys: 10, clock }) });
    for (const key of keysIn(11)) limiter.consumeSync(key);
    for (const key of keysIn(10)) limiter.resetSync(key);
    const decisions = Array.from({ length: 6 }, (_, i) => {
      const [first, second, third] = [1, 2, 3].map(() => limiter.consumeSync(`later ${i}`));
      return [first.degraded || first.remaining, second.remaining, third.allowed];
    });
    // One in 1,024 shares the bucket that is still taken.
    expect(decisions.filter(([first]) => first === 1).length).toBeGreaterThanOrEqual(5);
    for (const [, second, third] of decisions) expect([second, third]).toEqual([0, false]);
  });

  test("what equals nothing in another pool makes room too", () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 50, clock });
    const idle = rateLimiter({ limits: perMinute(1), store, name: "idle" });
    const busy = rateLimiter({ limits: perMinute(1), store, name: "busy" });
    for (let i = 0; i < 50; i++) idle.consumeSync(`key ${i}`);
    expect(busy.consumeSync("early").degraded).toBe("overflow");
    clock.advance("2m");
    for (let i = 0; i < 50; i++) expect(busy.consumeSync(`key ${i}`).degraded).toBe(false);
  });

  test("what equals nothing makes room, however many other pools hold nothing", () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 10, clock });
    const limiterOf = (name: string) => rateLimiter({ limits: perMinute(1), store, name });
    const limiters = Array.from({ length: 100 }, (_, i) => limiterOf(`pool ${i}`));
    for (const limiter of limiters) {
      clock.advance("1m");
      expect(keysIn(10).map((key) => limiter.consumeSync(key).degraded)).toEqual(Array(10).fill(false));
    }
    clock.advance("1m");
    expect(limiterOf("another").consumeSync("key").degraded).toBe(false);
  });

  test("a key leaves the bucket that it shared once there is room, and takes along what was used", () => {
    const clock = manualClock();
    const limiter = rateLimiter({ limits: perMinute(5), store: memoryStore({ maxKeys: 1, clock }) });
    limiter.consumeSync("first");
    clock.advance("30s");
    limiter.resetSync("first");
    limiter.consumeSync("first");
    expect(limiter.consumeSync("second", { cost: 2 })).toMatchObject({ remaining: 3, degraded: "overflow" });
    limiter.resetSync("first");
    expect(limiter.consumeSync("second")).toMatchObject({ remaining: 2, degraded: "overflow" });
    expect(limiter.consumeSync("second")).toMatchObject({ remaining: 1, degraded: false });
  });

  test("a key takes along what other limits of its pool know of it", () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 1, clock });
    const prepare = (name: string) =>
      store.prepare({
        namespace: "a",
        pool: "a",
        limits: [fixedWindow({ limit: 5, window: "1m", name })],
        block: { scope: "", duration: 0 },
      });
    const [one, other] = [prepare("one"), prepare("other")];
    one.decideSync("first", 1, "consume");
    other.decideSync("second", 3, "consume");
    one.resetSync("first");
    one.decideSync("second", 1, "consume");
    expect(one.decideSync("second", 1, "consume")).toMatchObject({
      overflow: false,
      verdicts: [{ remaining: 3 }],
    });
    expect(other.decideSync("second", 0, "peek")).toMatchObject({
      overflow: false,
      verdicts: [{ remaining: 2 }],
    });
  });

  test("a log takes its entries along out of a shared bucket", () => {
    const clock = manualClock();
    const limits = slidingLog({ limit: 5, window: "1m" });
    const limiter = rateLimiter({ limits, store: memoryStore({ maxKeys: 1, clock }) });
    limiter.consumeSync("first");
    for (let i = 0; i < 4; i++) {
      limiter.consumeSync("second");
      clock.advance("10s");
    }
    limiter.resetSync("first");
    expect(limiter.consumeSync("second")).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.consumeSync("second")).toMatchObject({
      allowed: false,
      retryAfterMs: 20_000,
      degraded: false,
    });
    clock.advance("20s");
    expect(limiter.consumeSync("second")).toMatchObject({ allowed: true, remaining: 0 });
  });

  test("a listener of overflow can neither spoil a decision nor fail it", async () => {
    const store = memoryStore({
      maxKeys: 1,
      clock: manualClock(),
      onOverflow: () => void limiter.consumeSync("listener", { cost: 2 }),
    });
    const limiter = rateLimiter({ limits: perMinute(10), store });
    limiter.consumeSync("first");
    expect(limiter.consumeSync("second", { cost: 4 })).toMatchObject({
      key: "second",
      remaining: 6,
      cost: 4,
    });
    await Promise.resolve();
    expect(limiter.peekSync("second", { cost: 0 }).remaining).toBeLessThanOrEqual(6);
  });
});

describe("holds", () => {
  const hour = 3_600_000_000;
  const reserve = (n: number): Act => ({ does: "reserve", costs: 1, id: `${n}`, ttl: hour, nonce: 1 });

  test("leave with a settlement that forgets, else at their ttl by the calls of others", () => {
    const { act, limiter, clock, holdCapacity } = smallStore(perMinute(10_000));
    for (let n = 0; n < 1000; n++) {
      act(reserve(n));
      act({ does: "settle", costs: 1, id: `${n}`, forget: true });
    }
    expect(holdCapacity.used).toBe(0);
    for (let n = 0; n < 1000; n++) act(reserve(n));
    for (let n = 0; n < 500; n++) act({ does: "settle", costs: 1, id: `${n}` });
    expect(holdCapacity.used).toBe(1000);
    clock.advance("1h");
    for (let n = 0; n < 4000; n++) limiter("busy");
    expect(holdCapacity.used).toBe(0);
  });

  test("and keys that find no room are one event, which ends when both have room", async () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 1, clock });
    const told: unknown[] = [];
    store.events!.on("capacity", ({ degraded }) => told.push(degraded));
    const limiter = rateLimiter({ limits: perMinute(10), store });
    await limiter.reserve("first", { ttl: "1h" });
    await limiter.reserve("first", { ttl: "1h" });
    limiter.consumeSync("second");
    await Promise.resolve();
    expect(told).toEqual(["overflow"]);
    clock.advance("1h");
    limiter.consumeSync("third");
    await Promise.resolve();
    expect(told).toEqual(["overflow"]);
    await limiter.reserve("third");
    await Promise.resolve();
    expect(told).toEqual(["overflow", false]);
  });
});

describe("idle keys", () => {
  test("case 40: once all keys have expired, as many further calls empty the table", () => {
    const { limiter, clock, capacity } = smallStore(perMinute(1));
    for (let i = 0; i < 10_000; i++) limiter(`key ${i}`);
    expect(capacity.used).toBe(10_000);
    clock.advance("1m");
    for (let i = 0; i < 10_000; i++) limiter("busy");
    expect(capacity.used).toBe(1);
  });

  test("case 40: calls on one pool empty the others, too", () => {
    const { limiter, clock, capacity, another } = smallStore(perMinute(1));
    for (let i = 0; i < 1000; i++) limiter(`key ${i}`);
    clock.advance("1m");
    const other = another("other");
    for (let i = 0; i < 2000; i++) other("busy");
    expect(capacity.used).toBe(1);
  });

  test("case 40: blocks leave when they have ended", () => {
    const { limiter, clock, capacity, blockCapacity } = smallStore(perMinute(1), 60_000_000);
    for (let i = 0; i < 2000; i++) limiter(`key ${i % 1000}`);
    expect([capacity.used, blockCapacity.used]).toEqual([1000, 1000]);
    clock.advance("2m");
    for (let i = 0; i < 4000; i++) limiter("busy", 0);
    expect([capacity.used, blockCapacity.used]).toEqual([0, 0]);
  });

  test("keys that are called stay", () => {
    const { limiter, clock, capacity } = smallStore(perMinute(100));
    for (let i = 0; i < 20; i++) {
      for (const key of keysIn(500)) limiter(key);
      clock.advance("1s");
    }
    expect(capacity.used).toBe(500);
  });
});

describe("rows", () => {
  test("a log may have more entries than a call may have arguments", () => {
    const entries = 200_000;
    const { limiter, clock, rows } = smallStore(
      slidingLog({ limit: entries, window: "1h", maxEntries: entries }),
    );
    limiter("key");
    expect(rows.seek("key", clock())).toBe(true);
    const { segment, slot } = rows.table;
    segment.rows.set([clock(), entries, entries - 1], slot * segment.width + 1);
    rows.setTail(
      1,
      Array.from({ length: 2 * entries - 1 }, () => 1),
    );
    expect(limiter("key").verdicts[0]).toMatchObject({
      fits: false,
      remaining: 0,
      wait: 3_600_000_000 - entries + 1,
    });
  });

  test("blocks are found by the key alone, of which the hash sees every unit", () => {
    const { limiter, clock, blocks } = smallStore(perMinute(1), 1000);
    const key = "x".repeat(256);
    for (let i = 0; i < 2; i++) limiter(key);
    expect(blocks.seek(key, clock())).toBe(true);
  });

  test("a shared sensor keeps its numbers once for all keys, also in a full store", () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 3, clock });
    const limits = adaptive({
      limit: 100,
      window: "1s",
      load: "shared",
      loadLimit: "100/s",
      loadWindow: "10s",
    });
    const limiter = rateLimiter({ limits, store });
    for (let i = 0; i < 10; i++) limiter.consumeSync(`key ${i}`, { cost: 10 });
    expect(limiter.peekSync("another", { cost: 0 }).limits[0].details.load).toBe(0.1);
  });
});
