import type { Limit } from "../../algorithms/Limit.ts";
import type { Plan } from "../Store.ts";
import { slotName } from "../../algorithms/slotName.ts";
import { BoundedTable } from "./BoundedTable.ts";
import { Capacity } from "./Capacity.ts";
import { HeldElsewhere } from "./HeldElsewhere.ts";

/** What may be settled in one pool, by plans of as many limits. */
export interface HoldTable {
  /** A row is `[until, at, renewed, status, epoch, ...costs, ...stands]`. */
  readonly open: BoundedTable;
  /** Tells it apart from the others of the store, also when it has gone: what was settled in it is remembered longer. */
  readonly number: number;
}

/** The pools of one memory store, the blocks of its namespaces and scopes, and what was reserved. */
export class Pools {
  /** Of keys. */
  readonly capacity: Capacity;
  /** Of blocks. They have room of their own, since one that keys share refuses all of them. */
  readonly blockCapacity: Capacity;
  /** Of holds. They have room of their own, so that a flood of keys takes none of it, nor they that of keys. */
  readonly holdCapacity: Capacity;
  readonly #capacities: readonly Capacity[];
  /** What was settled in any pool, and is remembered as long as there is room. A row is `[until, epoch]`. */
  readonly settled: BoundedTable;
  /** What holds a row is held by its capacity, and the others by the plans of limiters: what nobody needs any more goes. */
  readonly #pools = new HeldElsewhere<BoundedTable>();
  readonly #blocks = new HeldElsewhere<BoundedTable>();
  readonly #holds = new HeldElsewhere<BoundedTable>();
  readonly #numbers = new Map<string, number>();

  /**
   * @param maxKeys how many keys there may be, how many blocks, and how many holds
   * @param onChange told when the store begins to overflow, and when it has room again
   */
  constructor(maxKeys: number, onChange: (isOverflowing: boolean) => void) {
    let wasOverflowing = false;
    const changed = () => {
      const isOverflowing = this.#capacities.some((each) => each.isOverflowing);
      if (isOverflowing !== wasOverflowing) onChange((wasOverflowing = isOverflowing));
    };
    this.capacity = new Capacity(maxKeys, changed);
    this.blockCapacity = new Capacity(maxKeys, changed);
    this.holdCapacity = new Capacity(maxKeys, changed);
    this.#capacities = [this.capacity, this.blockCapacity, this.holdCapacity];
    this.settled = new BoundedTable(this.holdCapacity);
    this.settled.addPart(2);
  }

  /** Of a pool: a row for each key, and in it a part for each slot: when it expires, and its numbers. */
  rowsOf({ namespace, pool }: Plan): BoundedTable {
    const name = JSON.stringify([namespace, pool]);
    return this.#pools.get(name) ?? this.#pools.set(name, new BoundedTable(this.capacity));
  }

  /** A row is `[until, time, duration]`. */
  blocksOf({ namespace, block: { scope } }: Plan): BoundedTable {
    const name = JSON.stringify([namespace, scope]);
    const found = this.#blocks.get(name);
    if (found !== undefined) return found;
    const blocks = new BoundedTable(this.blockCapacity);
    blocks.addPart(3);
    return this.#blocks.set(name, blocks);
  }

  holdsOf({ namespace, pool, limits }: Plan): HoldTable {
    const name = JSON.stringify([namespace, pool, limits.length]);
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    const found = this.#holds.get(name);
    if (found !== undefined) return { open: found, number };
    const open = new BoundedTable(this.holdCapacity);
    open.addPart(5 + 2 * limits.length);
    return { open: this.#holds.set(name, open), number };
  }

  /** Removes what equals nothing at `now` among the next slots of each kind. */
  sweep(now: number, slots: number): void {
    for (const capacity of this.#capacities) capacity.sweep(now, slots);
  }

  clear(): void {
    this.#pools.clear();
    this.#blocks.clear();
    this.#holds.clear();
    this.#numbers.clear();
  }
}

/** Where in the rows of a pool `[until, epoch, given]` stands. No slot of a limit is called so. */
export function epochOffset(rows: BoundedTable): number {
  return rows.partOf("epoch", 3);
}

/** Where the part of a limit begins in the rows of a pool. */
export function offsetOf(rows: BoundedTable, limit: Limit): number {
  return rows.partOf(slotName(limit), 1 + limit.machine.width);
}
