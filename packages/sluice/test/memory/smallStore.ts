import type { Limit } from "../../src/algorithms/Limit.ts";
import type { BoundedTable } from "../../src/stores/memory/BoundedTable.ts";
import type { Capacity } from "../../src/stores/memory/Capacity.ts";
import { Pools } from "../../src/stores/memory/Pools.ts";
import { prepareInMemory } from "../../src/stores/memory/prepareInMemory.ts";
import type { Act, ActOutcome, Outcome, Plan } from "../../src/stores/Store.ts";
import { type ManualClock, manualClock } from "../../src/testing/index.ts";

type Consume = (key: string, cost?: number) => Outcome;

/** A memory store whose insides can be looked at. */
export interface SmallStore {
  limiter: Consume;
  /** The same limit in another pool. */
  another(pool: string): Consume;
  clock: ManualClock;
  capacity: Capacity;
  blockCapacity: Capacity;
  holdCapacity: Capacity;
  act(act: Act): ActOutcome;
  /** The rows and the blocks of the first pool. */
  rows: BoundedTable;
  blocks: BoundedTable;
}

/** @param blockFor microseconds that a refused key stays blocked */
export function smallStore(limit: Limit, blockFor = 0): SmallStore {
  const clock = manualClock();
  const pools = new Pools(1_000_000, () => {});
  const planOf = (pool: string): Plan => ({
    namespace: "a",
    pool,
    limits: [limit],
    block: { scope: "", duration: blockFor },
  });
  const another = (pool: string): Consume => {
    const prepared = prepareInMemory(planOf(pool), pools, clock);
    return (key, cost = 1) => prepared.decideSync(key, cost, "consume");
  };
  const limiter = another("a");
  const { capacity, blockCapacity, holdCapacity } = pools;
  const { actSync } = prepareInMemory(planOf("a"), pools, clock);
  const act = (asked: Act) => actSync("key", asked);
  const rows = pools.rowsOf(planOf("a"));
  const blocks = pools.blocksOf(planOf("a"));
  return { limiter, another, clock, capacity, blockCapacity, holdCapacity, act, rows, blocks };
}

export function keysIn(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `key ${i}`);
}
