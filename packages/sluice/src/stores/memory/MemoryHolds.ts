import type { ActDesk } from "../inProcess/ActDesk.ts";
import { NO_EPOCH } from "../inProcess/Epoch.ts";
import { type Hold, holdOf, NO_HOLD, numbersOfHold } from "../inProcess/Hold.ts";
import { keyAt } from "../keyAt.ts";
import type { Keys, Plan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import type { Capacity } from "./Capacity.ts";
import { epochOffset, type Pools } from "./Pools.ts";

/** How many slots are emptied of settled holds at once, where an open one finds no room. */
const EMPTIED = 64;

/** What the keys of a pool have reserved, and the epoch in which each key did. */
export class MemoryHolds {
  /** Of no costs: settled ones tell none. */
  readonly #settledHold: Hold;
  readonly #capacity: Capacity;
  readonly #open: BoundedTable;
  readonly #number: number;
  readonly #settled: BoundedTable;
  readonly #rows: BoundedTable;
  /** Where in the rows of the pool `[until, epoch, given]` stands. */
  readonly #epochAt: number;

  constructor(plan: Plan, pools: Pools) {
    this.#settledHold = { ...NO_HOLD, status: 2, costs: plan.limits.map(() => 0) };
    this.#capacity = pools.holdCapacity;
    ({ open: this.#open, number: this.#number } = pools.holdsOf(plan));
    this.#settled = pools.settled;
    this.#rows = pools.rowsOf(plan);
    this.#epochAt = epochOffset(this.#rows);
  }

  load(desk: ActDesk, keys: Keys, id: string, now: number): void {
    for (let s = 0; s < desk.epochs.length; s++) {
      const isKnown = this.#rows.seek(keyAt(keys, s), now);
      const [until, epoch, given] = isKnown ? numbersAt(this.#rows, this.#epochAt, 3) : [0, 0, 0];
      desk.epochs[s] = until > now ? { epoch, given, until } : { ...NO_EPOCH, until };
    }
    const hold = this.#find(this.#nameOf(keys, id), now);
    desk.hold = hold.until > now ? hold : NO_HOLD;
  }

  /** @returns whether it is remembered: there may be no room, as if it had not been settled in time */
  save(desk: ActDesk, keys: Keys, id: string, now: number): boolean {
    const { hold } = desk;
    desk.epochs.forEach(({ until, epoch, given }, s) => {
      this.#rows.claim(this.#rows.seek(keyAt(keys, s), now));
      write(this.#rows, this.#epochAt, [until, epoch, given]);
    });
    const name = this.#nameOf(keys, id);
    return hold.status === 2 ? this.#saveSettled(name, hold, now) : this.#saveOpen(name, hold, now);
  }

  #find(name: string, now: number): Hold {
    if (this.#open.seek(name, now)) return holdOf(numbersAt(this.#open, 0, this.#open.table.segment.width));
    if (!this.#settled.seek(name, now)) return NO_HOLD;
    const [until, epoch] = numbersAt(this.#settled, 0, 2);
    return { ...this.#settledHold, until, epoch };
  }

  /** In the place of the open one, so that there is room. */
  #saveSettled(name: string, { until, epoch }: Hold, now: number): boolean {
    this.#open.delete(name);
    if (until <= now) return true;
    this.#settled.claim(this.#settled.seek(name, now));
    write(this.#settled, 0, [until, epoch]);
    return true;
  }

  /** Settled ones make room: without them only what is repeated is told wrong, or charged again. */
  #saveOpen(name: string, hold: Hold, now: number): boolean {
    let isKnown = this.#open.seek(name, now);
    while (this.#open.isShared && !this.#settled.isEmpty) {
      this.#settled.sweep(Infinity, EMPTIED);
      isKnown = this.#open.seek(name, now);
    }
    if (this.#open.isShared) {
      this.#capacity.overflow();
      return false;
    }
    this.#open.claim(isKnown);
    write(this.#open, 0, numbersOfHold(hold));
    return true;
  }

  /** The id comes first, since no more than the beginning of a long name is hashed. */
  #nameOf(keys: Keys, id: string): string {
    return JSON.stringify([id, keys, this.#number]);
  }
}

function numbersAt({ table: { segment, slot } }: BoundedTable, offset: number, count: number): number[] {
  const at = slot * segment.width + offset;
  return [...segment.rows.subarray(at, at + count)];
}

function write({ table: { segment, slot } }: BoundedTable, offset: number, numbers: readonly number[]): void {
  segment.rows.set(numbers, slot * segment.width + offset);
}
