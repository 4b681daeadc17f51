import { describe, expect, test } from "vitest";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { HeldElsewhere } from "../../src/stores/memory/HeldElsewhere.ts";
import { Pools } from "../../src/stores/memory/Pools.ts";
import { prepareInMemory } from "../../src/stores/memory/prepareInMemory.ts";
import type { Plan } from "../../src/stores/Store.ts";
import { manualClock } from "../../src/testing/index.ts";
import { collectGarbage } from "./collectGarbage.ts";

const limit = fixedWindow({ limit: 10, window: "1h" });
const plan: Plan = { namespace: "a", pool: "b", limits: [limit], block: { scope: "", duration: 0 } };

/** A limiter over them spends, and goes. */
function spend(pools: Pools, clock: () => number): WeakRef<object> {
  prepareInMemory(plan, pools, clock).decideSync("key", 3, "consume");
  return new WeakRef(pools.rowsOf(plan));
}

describe("a pool of a memory store whose limiters are gone", () => {
  test("stays while a key has spent, and is found by the next limiter", async () => {
    const [pools, clock] = [new Pools(100, () => {}), manualClock()];
    const rows = spend(pools, clock);
    await collectGarbage();
    expect(rows.deref()).toBe(pools.rowsOf(plan));
    const { verdicts } = prepareInMemory(plan, pools, clock).decideSync("key", 3, "consume");
    expect(verdicts[0].remaining).toBe(4);
  });

  test("goes when nothing is left of what was spent, so that endless names keep nothing", async () => {
    const [pools, clock] = [new Pools(100, () => {}), manualClock()];
    const rows = spend(pools, clock);
    clock.advance("1h");
    pools.sweep(clock(), 100);
    await collectGarbage();
    expect(rows.deref()).toBeUndefined();
  });

  test("goes with what was reserved there, and a hold that was settled is so for the next limiter", async () => {
    const [pools, clock] = [new Pools(100, () => {}), manualClock()];
    const hold = { id: "1", costs: 3, ttl: 60_000_000, nonce: 1 };
    const holds = (() => {
      const { actSync } = prepareInMemory(plan, pools, clock);
      actSync("key", { ...hold, does: "reserve" });
      expect(actSync("key", { ...hold, does: "settle" }).hold).toBe("open");
      return new WeakRef(pools.holdsOf(plan).open);
    })();
    pools.sweep(clock(), 100);
    await collectGarbage();
    expect(holds.deref()).toBeUndefined();
    const { actSync } = prepareInMemory(plan, pools, clock);
    expect(actSync("key", { ...hold, does: "settle" }).hold).toBe("settled");
  });

  test("stays while a limiter has it, though it holds nothing", async () => {
    const pools = new Pools(100, () => {});
    const prepared = prepareInMemory(plan, pools, manualClock());
    await collectGarbage();
    prepared.decideSync("key", 3, "consume");
    const other = prepareInMemory(plan, pools, manualClock());
    expect(other.decideSync("key", 3, "consume").verdicts[0].remaining).toBe(4);
  });
});

test("a name whose value is gone may have another, and is forgotten with it", async () => {
  const held = new HeldElsewhere<object>();
  held.set("a", {});
  await collectGarbage();
  expect(held.get("a")).toBeUndefined();
  const value = held.set("a", {});
  await collectGarbage();
  expect(held.get("a")).toBe(value);
});
