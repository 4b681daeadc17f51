import type { Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import type { FastCheck } from "../../src/testing/loadFastCheck.ts";
import { adaptiveModel, type AlgorithmUnderTest, testAlgorithm } from "../../src/testing/index.ts";
import { Trial } from "../../src/testing/laws/Trial.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { expectBothTicks } from "./expectBothTicks.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

const START = 1_767_225_600_000_000;

interface RandomOptions {
  limit: number;
  windowMs: number;
  burstMultiplier: number;
  loadWindowMs: number;
  highLoad: number;
  lowLoad: number;
  penalty: number;
  hardLimit?: number;
}

function randomOptions(fc: FastCheck): Arbitrary<RandomOptions> {
  return fc
    .record({
      limit: randomAmount(fc, 0, 1_000_000),
      windowMs: randomWindow(fc),
      burst: fc.oneof(fc.integer({ min: 1000, max: 5000 }), fc.constantFrom(1000, 2000, 1_000_000)),
      loadWindows: fc.oneof(fc.constant(5), fc.integer({ min: 1, max: 10 }), fc.constantFrom(0.1, 0.3, 0.5)),
      loads: fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 2 }),
      penalty: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0, 500, 1000)),
      ceiling: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    })
    .map(({ burst, loadWindows, loads, penalty, ceiling, ...rest }) => {
      const { limit, windowMs } = rest;
      const options: RandomOptions = {
        limit,
        windowMs,
        burstMultiplier: burst / 1000,
        loadWindowMs: Math.min(Math.ceil(windowMs * loadWindows), 366 * 86_400_000),
        highLoad: Math.max(...loads) / 1000,
        lowLoad: Math.min(...loads) / 1000,
        penalty: penalty / 1000,
      };
      if (ceiling !== undefined) options.hardLimit = limit + ceiling;
      return options;
    });
}

const cases: AlgorithmUnderTest<RandomOptions> = {
  name: "adaptive",
  limits: randomOptions,
  algorithm: ({ windowMs, loadWindowMs, ...options }) =>
    adaptive({ ...options, window: windowMs, loadWindow: loadWindowMs }),
  model: (options, { params: { tick } }) => adaptiveModel({ ...options, tick }),
};

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});

describe("adaptive", () => {
  const options = { limit: 10, window: "1m", burstMultiplier: 2, loadWindow: "5m" } as const;

  test("is generous while it is quiet", () => {
    const { limiter } = manualLimiter(adaptive(options));
    expect(limiter.consumeSync("a", { cost: 20 })).toMatchObject({ allowed: true, limit: 20, remaining: 0 });
    expect(limiter.consumeSync("b", { cost: 21 })).toMatchObject({ reason: "never" });
  });

  test("cuts the cap under load: whole up to lowLoad, by the penalty from highLoad on, linear in between", () => {
    const limits = adaptive({ ...options, limit: 100, burstMultiplier: 5, loadWindow: "1m" });
    const capAfter = (cost: number) => {
      const { limiter } = manualLimiter(limits);
      return limiter.consumeSync("a", { cost }).limits[0].details;
    };
    expect(capAfter(40)).toMatchObject({ load: 0.4, effectiveBurst: 500, tokens: 460, windowCount: 40 });
    expect(capAfter(60)).toMatchObject({ load: 0.6, effectiveBurst: 375 });
    expect(capAfter(80)).toMatchObject({ load: 0.8, effectiveBurst: 250 });
    expect(capAfter(300)).toMatchObject({ load: 1, effectiveBurst: 250, tokens: 0 });
  });

  test("keeps to the average whatever is tried", () => {
    const { limiter, clock } = manualLimiter(adaptive(options));
    let admitted = 0;
    for (let second = 0; second < 3600; second++) {
      while (limiter.consumeSync("a").allowed) admitted++;
      clock.advance("1s");
    }
    expect(admitted).toBeLessThanOrEqual(600 + 20);
    expect(admitted).toBeGreaterThan(500);
  });

  test("senses the load of all keys, if it is shared", () => {
    const { limiter } = manualLimiter(
      adaptive({ ...options, load: "shared", loadLimit: "100/m", loadWindow: "1m" }),
    );
    for (let i = 0; i < 8; i++) limiter.consumeSync(`key ${i}`, { cost: 10 });
    expect(limiter.peekSync("another", { cost: 0 }).limits[0].details).toMatchObject({
      load: 0.8,
      effectiveBurst: 10,
    });
    expect(limiter.consumeSync("another", { cost: 11 })).toMatchObject({ allowed: false, reason: "limited" });
  });

  test.each(["key", "shared"] as const)("counts nothing as load that was refused, load of: %s", (load) => {
    const shared = load === "shared" ? ({ load, loadLimit: "100/m" } as const) : {};
    const limits = adaptive({ ...options, ...shared, loadWindow: "1m", countDenied: true });
    const { limiter } = manualLimiter(limits);
    const loadOf = (key: string) => limiter.peekSync(key, { cost: 0 }).limits[0].details.load;
    let admitted = 0;
    for (let n = 0; n < 300; n++) if (limiter.consumeSync("a").allowed) admitted++;
    expect(admitted).toBe(load === "shared" ? 20 : 10);
    expect(loadOf("a")).toBe(load === "shared" ? 0.2 : 1);
    if (load === "shared") expect(loadOf("b")).toBe(0.2);
  });

  test("counts nothing as load that another limit refused", () => {
    const { limiter } = manualLimiter([
      adaptive({ ...options, loadWindow: "1m", countDenied: true, name: "adaptive" }),
      fixedWindow({ limit: 1, window: "1m", name: "one" }),
    ]);
    for (let n = 0; n < 12; n++) limiter.consumeSync("a");
    const [{ details, remaining }] = limiter.peekSync("a", { cost: 0 }).limits;
    expect(details).toMatchObject({ load: 0.1, windowCount: 12 });
    expect(remaining).toBe(8);
  });

  test("a refund takes no load back that other keys have spent", async () => {
    const { limiter } = manualLimiter(
      adaptive({ ...options, load: "shared", loadLimit: "100/m", loadWindow: "1m" }),
    );
    const load = () => limiter.peekSync("another", { cost: 0 }).limits[0].details.load;
    for (let i = 0; i < 8; i++) limiter.consumeSync(`key ${i}`, { cost: 10 });
    await limiter.refund("idle", 1000);
    expect(load()).toBe(0.8);
    await limiter.refund("key 0", 4);
    expect(load()).toBe(0.76);
    for (let n = 0; n < 2; n++) await limiter.refund("key 0", 1000);
    expect(load()).toBe(0.7);
  });

  test("a hold gives its load back, however long ago the guard forgot it", async () => {
    const { limiter, clock } = manualLimiter(adaptive(options));
    const hold = await limiter.reserve("a", { cost: 10, ttl: "5m" });
    clock.advance("3m");
    expect(limiter.peekSync("a", { cost: 0 }).limits[0].details).toMatchObject({ load: 0.2, windowCount: 0 });
    await hold.settle(5);
    expect(limiter.peekSync("a", { cost: 0 }).limits[0].details.load).toBe(0.1);
  });

  test("a changed limit keeps the level, rounded up, and the counts", () => {
    const before = new Trial(adaptive({ ...options, limit: 7 }), { room: () => 0 }, START);
    before.consume(5);
    before.pass(1_000_001);
    const { state } = before.ask(0);
    const after = new Trial(adaptive({ ...options, limit: 12 }), { room: () => 0 }, before.now, [
      ...state,
    ]).ask(0);
    const [, level, unit, current, previous, , load] = after.state;
    expect([level / unit, current, previous, load]).toEqual([5, 5, 0, 5]);
    const lowered = new Trial(adaptive({ ...options, limit: 1 }), { room: () => 0 }, before.now, [
      ...state,
    ]).ask(0);
    expect([lowered.state[1] / lowered.state[2], lowered.state[3], lowered.remaining]).toEqual([2, 5, 0]);
  });
});
