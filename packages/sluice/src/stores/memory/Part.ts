import type { Limit } from "../../algorithms/Limit.ts";
import type { State, Verdict } from "../../algorithms/Machine.ts";
import type { BoundedTable } from "./BoundedTable.ts";

/** Which numbers of the state of a limit stand in a row, in the part of its slot: the time when it expires, then all of them. */
export interface Part {
  readonly limit: Limit;
  /** The place of the limit in its plan. */
  readonly i: number;
  /** Where in a row the part begins. */
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** Reads a part of the row that was last sought. One that has expired reads as zeros, as one does that is not there. */
export function loadPart(
  { offset, from, to }: Part,
  state: State,
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
): void {
  const { segment, slot } = rows.table;
  const at = slot * segment.width + offset;
  const numbers = segment.rows;
  if (isKnown && numbers[at] > now) for (let n = from; n < to; n++) state[n] = numbers[at + 1 + n];
  else for (let n = from; n < to; n++) state[n] = 0;
}

/** Writes it to the row that was last claimed. */
export function savePart(
  { limit, offset, from, to }: Part,
  state: State,
  rows: BoundedTable,
  now: number,
  { life }: Verdict,
): void {
  const { segment, slot } = rows.table;
  const at = slot * segment.width + offset;
  const numbers = segment.rows;
  // What equals nothing now did so before, too: a clock that steps back must not find it.
  numbers[at] = life > 0 ? now + life : 0;
  for (let n = from; n < to; n++) numbers[at + 1 + n] = state[n];
  // What another limit over this slot did not share with all keys.
  for (let n = to; n < limit.machine.width; n++) numbers[at + 1 + n] = 0;
}
