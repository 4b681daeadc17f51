import type { ActDesk } from "../inProcess/ActDesk.ts";
import { holdOf, NO_HOLD, numbersOfHold } from "../inProcess/Hold.ts";
import { NO_EPOCH } from "../inProcess/Epoch.ts";
import { keyAt } from "../keyAt.ts";
import { holdName } from "../recordName.ts";
import type { Keys } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";

/** What the keys of a pool have reserved, and the epoch in which each key did. */
export class MemoryHolds {
  readonly #holds: BoundedTable;
  readonly #rows: BoundedTable;
  readonly #epochAt: number;

  /** @param epochAt where in the rows of the pool `[until, epoch, given]` stands */
  constructor(holds: BoundedTable, rows: BoundedTable, epochAt: number) {
    this.#holds = holds;
    this.#rows = rows;
    this.#epochAt = epochAt;
  }

  load(desk: ActDesk, keys: Keys, id: string, now: number): void {
    for (let s = 0; s < desk.epochs.length; s++) {
      const isKnown = this.#rows.seek(keyAt(keys, s), now);
      const [until, epoch, given] = isKnown ? numbersAt(this.#rows, this.#epochAt, 3) : [0, 0, 0];
      desk.epochs[s] = until > now ? { epoch, given, until } : { ...NO_EPOCH, until };
    }
    const isHeld = this.#holds.seek(holdName(keys, id), now) && !this.#holds.isShared;
    const hold = isHeld ? holdOf(numbersAt(this.#holds, 0, this.#holds.table.segment.width)) : NO_HOLD;
    desk.hold = hold.until > now ? hold : NO_HOLD;
  }

  /** Where the store is full it is forgotten at once, as if it had not been settled in time. */
  save(desk: ActDesk, keys: Keys, id: string, now: number): void {
    const { hold } = desk;
    desk.epochs.forEach(({ until, epoch, given }, s) => {
      this.#rows.claim(this.#rows.seek(keyAt(keys, s), now));
      write(this.#rows, this.#epochAt, [until, epoch, given]);
    });
    const isKnown = this.#holds.seek(holdName(keys, id), now);
    if (this.#holds.isShared) return;
    this.#holds.claim(isKnown);
    write(this.#holds, 0, numbersOfHold(hold));
  }
}

function numbersAt({ table: { segment, slot } }: BoundedTable, offset: number, count: number): number[] {
  const at = slot * segment.width + offset;
  return [...segment.rows.subarray(at, at + count)];
}

function write({ table: { segment, slot } }: BoundedTable, offset: number, numbers: readonly number[]): void {
  segment.rows.set(numbers, slot * segment.width + offset);
}
