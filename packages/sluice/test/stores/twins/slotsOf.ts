import type { StoredRecord } from "../../../src/stores/record.ts";

/** The slots of a record, each `[id, expires at, length, ...state]`. */
export function slotsOf(record: StoredRecord): number[][] {
  const slots: number[][] = [];
  for (let at = 1; at < record.length; at += 3 + record[at + 2]) {
    slots.push(record.slice(at, at + 3 + record[at + 2]));
  }
  return slots;
}
