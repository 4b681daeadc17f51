import type { Desk } from "../inProcess/Desk.ts";
import type { BoundedTable } from "./BoundedTable.ts";

export function loadBlock({ block }: Desk, blocks: BoundedTable, isKnown: boolean): void {
  const { segment, slot } = blocks.table;
  block[0] = isKnown ? segment.rows[slot * 3 + 1] : 0;
  block[1] = isKnown ? segment.rows[slot * 3 + 2] : 0;
}

/** @param isAsked a bucket that keys share is not one key's alone: nobody else's block ends because it is asked */
export function saveBlock(
  { block, outcome }: Desk,
  blocks: BoundedTable,
  key: string,
  isAsked: boolean,
): void {
  const isKnown = blocks.seek(key, outcome.now);
  const until = block[0] + block[1];
  if (isAsked && isKnown && blocks.isShared && untilOf(blocks) > until) return;
  blocks.claim(isKnown);
  const { segment, slot } = blocks.table;
  segment.rows.set([until, block[0], block[1]], slot * 3);
}

function untilOf({ table: { segment, slot } }: BoundedTable): number {
  return segment.rows[slot * 3];
}
