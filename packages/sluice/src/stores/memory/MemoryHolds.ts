import type { ActDesk, Hold } from "../inProcess/act.ts";
import { keyAt } from "../keyAt.ts";
import { holdName } from "../recordName.ts";
import type { Keys } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";

/** What the keys of a pool have reserved, and the epoch in which each key did. */
export class MemoryHolds {
  readonly #holds: BoundedTable;
  readonly #rows: BoundedTable;
  readonly #epochAt: number;

  /** @param epochAt where in the rows of the pool `[until, epoch]` stands */
  constructor(holds: BoundedTable, rows: BoundedTable, epochAt: number) {
    this.#holds = holds;
    this.#rows = rows;
    this.#epochAt = epochAt;
  }

  load(desk: ActDesk, keys: Keys, id: string, now: number): void {
    const isKnown = this.#rows.seek(keyAt(keys, 0), now);
    const [until, epoch] = isKnown ? numbersAt(this.#rows, this.#epochAt, 2) : [0, 0];
    desk.epochUntil = until;
    desk.epoch = until > now ? epoch : 0;
    const isHeld = this.#holds.seek(holdName(keys, id), now) && !this.#holds.isShared;
    desk.hold = holdOf(isHeld ? numbersAt(this.#holds, 0, this.#holds.table.segment.width) : [], now);
  }

  /** Where the store is full it is forgotten at once, as if it had not been settled in time. */
  save(desk: ActDesk, keys: Keys, id: string, now: number): void {
    const { hold } = desk;
    this.#rows.claim(this.#rows.seek(keyAt(keys, 0), now));
    write(this.#rows, this.#epochAt, [desk.epochUntil, desk.epoch]);
    const isKnown = this.#holds.seek(holdName(keys, id), now);
    if (this.#holds.isShared) return;
    this.#holds.claim(isKnown);
    write(this.#holds, 0, [hold.until, hold.at, hold.renewed, hold.status, hold.epoch, ...hold.costs]);
  }
}

function holdOf(numbers: readonly number[], now: number): Hold {
  const [until = 0, at = 0, renewed = 0, status = 0, epoch = 0, ...costs] = numbers;
  return { at, renewed, status: until > now ? (status as Hold["status"]) : 0, epoch, until, costs };
}

function numbersAt({ table: { segment, slot } }: BoundedTable, offset: number, count: number): number[] {
  const at = slot * segment.width + offset;
  return [...segment.rows.subarray(at, at + count)];
}

function write({ table: { segment, slot } }: BoundedTable, offset: number, numbers: readonly number[]): void {
  segment.rows.set(numbers, slot * segment.width + offset);
}
