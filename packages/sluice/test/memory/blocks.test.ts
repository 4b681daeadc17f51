import { describe, expect, test } from "vitest";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import type { Limit } from "../../src/algorithms/Limit.ts";
import { rateLimiter } from "../../src/limiter/rateLimiter.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import type { SyncPreparedPlan } from "../../src/stores/Store.ts";
import { type ManualClock, manualClock } from "../../src/testing/index.ts";

const SECOND = 1_000_000;
const perSecond = fixedWindow({ limit: 2, window: "1s", name: "per second" });

interface Blocking {
  clock: ManualClock;
  prepare(changes?: {
    namespace?: string;
    pool?: string;
    scope?: string;
    limits?: Limit[];
  }): SyncPreparedPlan;
}

/** Plans whose refused keys stay blocked for ten seconds. */
function blocking(): Blocking {
  const clock = manualClock();
  const store = memoryStore({ clock });
  return {
    clock,
    prepare({ namespace = "a", pool = "a", scope = "", limits = [perSecond] } = {}) {
      return store.prepare({ namespace, pool, limits, block: { scope, duration: 10 * SECOND } });
    },
  };
}

/** Spends all, and is refused once more. */
function provoke({ decideSync }: SyncPreparedPlan, key = "key"): void {
  decideSync(key, 2, "consume");
  decideSync(key, 1, "consume");
}

describe("a block", () => {
  test("begins with a refusal, counts down, and ends", () => {
    const { clock, prepare } = blocking();
    const { decideSync } = prepare();
    decideSync("key", 2, "consume");
    expect(decideSync("key", 1, "consume")).toMatchObject({
      allowed: false,
      blocked: false,
      blockedFor: 10 * SECOND,
    });
    clock.advance("4s");
    expect(decideSync("key", 1, "consume")).toMatchObject({
      allowed: false,
      blocked: true,
      blockedFor: 6 * SECOND,
    });
    expect(decideSync("other", 1, "consume")).toMatchObject({ allowed: true, blockedFor: 0 });
    clock.advanceMicroseconds(6 * SECOND - 1);
    expect(decideSync("key", 0, "consume")).toMatchObject({ allowed: false, blocked: true, blockedFor: 1 });
    clock.advanceMicroseconds(1);
    expect(decideSync("key", 1, "consume")).toMatchObject({ allowed: true, blocked: false, blockedFor: 0 });
  });

  test("charges nothing while it lasts, whatever fits or counts what is refused", () => {
    const { clock, prepare } = blocking();
    const counting = fixedWindow({ limit: 5, window: "1m", name: "counting", countDenied: true });
    const plan = prepare({ limits: [perSecond, counting] });
    provoke(plan);
    clock.advance("2s");
    for (let i = 0; i < 5; i++) plan.decideSync("key", 1, "consume");
    const { verdicts } = plan.decideSync("key", 0, "peek");
    expect(verdicts.map(({ remaining }) => remaining)).toEqual([2, 2]);
  });

  test("waits for the later of its own end and that of the limits", () => {
    const { prepare } = blocking();
    const slow = tokenBucket({ capacity: 2, refill: "1/m" });
    const plan = prepare({ limits: [slow] });
    provoke(plan);
    const { blockedFor, verdicts } = plan.decideSync("key", 1, "peek");
    expect([blockedFor, verdicts[0].wait]).toEqual([10 * SECOND, 60 * SECOND]);
  });

  test("is told, but not begun, by a peek", () => {
    const { prepare } = blocking();
    const { decideSync } = prepare();
    decideSync("key", 2, "consume");
    for (let i = 0; i < 2; i++) {
      expect(decideSync("key", 1, "peek")).toMatchObject({
        allowed: false,
        blocked: false,
        blockedFor: 10 * SECOND,
      });
    }
  });

  test("does not begin with a cost that can never pass, nor with a limit that only runs dry", () => {
    const { prepare } = blocking();
    const { decideSync } = prepare();
    expect(decideSync("key", 3, "consume")).toMatchObject({ allowed: false, blockedFor: 0 });
    const dry = prepare({ pool: "dry", limits: [fixedWindow({ limit: 0, window: "1s", dryRun: true })] });
    expect(dry.decideSync("key", 1, "consume")).toMatchObject({ allowed: true, blockedFor: 0 });
  });

  test("covers the namespace and scope of the plan, and no other", () => {
    const { prepare } = blocking();
    provoke(prepare());
    const isBlocked = (plan: SyncPreparedPlan) => plan.decideSync("key", 0, "peek").blocked;
    expect(isBlocked(prepare({ pool: "b" }))).toBe(true);
    expect(isBlocked(prepare({ pool: "b", scope: "b" }))).toBe(false);
    expect(isBlocked(prepare({ namespace: "b" }))).toBe(false);
  });

  test("ends with a reset in its scope", () => {
    const { prepare } = blocking();
    provoke(prepare());
    prepare({ scope: "b" }).resetSync("key");
    expect(prepare().decideSync("key", 0, "peek").blocked).toBe(true);
    prepare({ pool: "b" }).resetSync("key");
    expect(prepare().decideSync("key", 0, "peek").blocked).toBe(false);
  });

  test("case 49: lasts no longer than it should when the clock is set back", () => {
    const { clock, prepare } = blocking();
    const { decideSync } = prepare();
    provoke(prepare());
    clock.advance("4s");
    clock.advanceMicroseconds(-3600 * SECOND);
    expect(decideSync("key", 1, "consume")).toMatchObject({ blocked: true, blockedFor: 10 * SECOND });
    clock.advance("9s");
    expect(decideSync("key", 1, "consume")).toMatchObject({ blocked: true, blockedFor: SECOND });
    clock.advance("1s");
    expect(decideSync("key", 1, "consume").allowed).toBe(true);
  });
});

describe("a block in a store that is full of keys", () => {
  const hour = fixedWindow({ limit: 100, window: "1h" });

  function full(maxKeys: number) {
    const store = memoryStore({ maxKeys, clock: manualClock() });
    const limiter = rateLimiter({ limits: hour, store });
    for (let i = 0; i < maxKeys; i++) limiter.consumeSync(`customer ${i}`);
    return limiter;
  }

  test("refuses nobody but whom it is for", async () => {
    const limiter = full(1000);
    for (let i = 0; i < 300; i++) await limiter.block(`attacker ${i}`, "15m");
    for (let i = 0; i < 1000; i++) expect(limiter.peekSync(`customer ${i}`).allowed).toBe(true);
    for (let i = 0; i < 300; i++) expect(limiter.peekSync(`attacker ${i}`).reason).toBe("blocked");
  });

  test.each(["unblock", "reset"] as const)("ends with %s", async (verb) => {
    const limiter = full(2);
    await limiter.block("customer 0", "10m");
    expect(limiter.peekSync("customer 0").reason).toBe("blocked");
    await limiter[verb]("customer 0");
    expect(limiter.peekSync("customer 0").allowed).toBe(true);
  });

  test("is told as overflow where so many keys are blocked that they share", async () => {
    const limiter = full(10);
    for (let i = 0; i < 2000; i++) await limiter.block(`attacker ${i}`, "15m");
    for (let i = 10; i < 2000; i++)
      expect(limiter.peekSync(`attacker ${i}`)).toMatchObject({ reason: "blocked", degraded: "overflow" });
    expect(limiter.peekSync("attacker 0")).toMatchObject({ reason: "blocked" });
  });
});
