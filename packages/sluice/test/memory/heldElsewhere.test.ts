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
