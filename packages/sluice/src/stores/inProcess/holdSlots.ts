import { EPOCH_SLOT, expiryOfSlot, readSlot, type Slot, type StoredRecord } from "../record.ts";
import type { Epoch } from "./Epoch.ts";
import { type Hold, holdOf, numbersOfHold } from "./Hold.ts";

/** Where what was reserved under one id is kept: a record of its own, or a place in the record of the key. */
export interface HoldPlace {
  readonly record: StoredRecord;
  readonly id: number;
}

/** `[0, epoch, given]`, which a repaired clock does not change. */
export function readEpoch(record: StoredRecord, now: number): Epoch {
  const state: number[] = [];
  readSlot(record, EPOCH_SLOT, now, state, 0, 3, false);
  const [, epoch, given] = state;
  return { epoch, given, until: expiryOfSlot(record, EPOCH_SLOT) };
}

export function epochSlot({ epoch, given, until }: Epoch): Slot {
  return { id: EPOCH_SLOT, expires: until, state: [0, epoch, given] };
}

/** `[at, renewed, status, epoch, ...costs, ...stands]`. */
export function readHold({ record, id }: HoldPlace, now: number): Hold {
  const state: number[] = [];
  readSlot(record, id, now, state, 0, 4, true);
  return holdOf([expiryOfSlot(record, id), ...state]);
}

export function holdSlot(id: number, hold: Hold): Slot {
  const [expires, ...state] = numbersOfHold(hold);
  return { id, expires, state };
}
