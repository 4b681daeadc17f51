import type { Limit } from "../../src/algorithms/Limit.ts";
import { Capacity } from "../../src/stores/memory/Capacity.ts";
import { Pools } from "../../src/stores/memory/Pools.ts";
import { prepareInMemory } from "../../src/stores/memory/prepareInMemory.ts";
import type { Outcome } from "../../src/stores/Store.ts";
import { type ManualClock, manualClock } from "../../src/testing/index.ts";

type Consume = (key: string, cost?: number) => Outcome;

/** A memory store whose insides can be looked at. */
export interface SmallStore {
  limiter: Consume;
  /** The same limit in another pool. */
  another(pool: string): Consume;
  clock: ManualClock;
  capacity: Capacity;
  pools: Pools;
}

/** @param blockFor microseconds that a refused key stays blocked */
export function smallStore(limit: Limit, blockFor = 0): SmallStore {
  const clock = manualClock();
  const capacity = new Capacity(1_000_000, () => {});
  const pools = new Pools(capacity);
  const another = (pool: string): Consume => {
    const plan = { namespace: "a", pool, limits: [limit], block: { scope: "", duration: blockFor } };
    const prepared = prepareInMemory(plan, pools, clock);
    return (key, cost = 1) => prepared.decideSync(key, cost, "consume");
  };
  return { limiter: another("a"), another, clock, capacity, pools };
}

export function keysIn(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `key ${i}`);
}
