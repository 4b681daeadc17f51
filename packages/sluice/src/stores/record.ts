import type { State } from "../algorithms/Machine.ts";
import { StoreError } from "../errors/StoreError.ts";

/**
 * All that is kept of one key in one pool: `[version, (slot id, expires at, length, ...state)*]`, one flat list of
 * whole numbers below 2^53. `expires at` is in microseconds since the epoch. The order of the slots means nothing.
 * A block is a record of its own with one slot, `[time, duration]`. Frozen: docs/decisions/0001.
 */
export type StoredRecord = readonly number[];

/** What one slot is to become. */
export interface Slot {
  readonly id: number;
  /** Microseconds since the epoch: from then on the slot equals nothing. */
  readonly expires: number;
  readonly state: readonly number[];
}

const RECORD_VERSION = 1;

/** In place of a version. */
const NO_RECORD = 0;

/** A record that holds nothing, as it is read where none is stored. */
export const EMPTY_RECORD: StoredRecord = [RECORD_VERSION];

/** The only slot of the record of a block. */
export const BLOCK_SLOT = 0;

/** The only slot of the record of what was reserved under one id. */
export const HOLD_SLOT = 0;

/** The slot of the record of a key that says since when it was not reset, while anything is reserved. */
export const EPOCH_SLOT = 1;

/**
 * Reads the JSON form.
 * @throws StoreError `UNKNOWN_RECORD_VERSION` for what another version of this library wrote, `STORE_MISCONFIGURED` for what
 *   is no record
 */
export function parseRecord(text: string): StoredRecord {
  const record = parsed(text);
  const version: unknown = Array.isArray(record) ? record[0] : NO_RECORD;
  if (version !== RECORD_VERSION) throw unknownVersion(typeof version === "number" ? version : NO_RECORD);
  return record as StoredRecord;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param version 0 for what is no record at all */
export function unknownVersion(version: number): StoreError {
  if (version === NO_RECORD)
    return new StoreError(
      "STORE_MISCONFIGURED",
      "what stands in place of a record is none; did somebody else write under its name? Remove it, or choose another namespace",
    );
  return new StoreError(
    "UNKNOWN_RECORD_VERSION",
    `a record has version ${version}, and this library knows ${RECORD_VERSION}; was it written by a newer one?`,
  );
}

/**
 * Reads a slot into `state[from]` and on: `width` numbers, zeros where the slot has none, or is not there, or has
 * expired. If it `grows`, as a log does, `state` ends where the slot ends.
 */
export function readSlot(
  record: StoredRecord,
  id: number,
  now: number,
  state: State,
  from: number,
  width: number,
  grows: boolean,
): void {
  const at = placeOf(record, id);
  const stored = at > 0 && record[at + 1] > now ? record[at + 2] : 0;
  const read = grows ? Math.max(stored, width) : width;
  if (grows) state.length = from + read;
  for (let n = 0; n < read; n++) state[from + n] = n < stored ? record[at + 3 + n] : 0;
}

/** Microseconds since the epoch; 0 where there is no such slot. */
export function expiryOfSlot(record: StoredRecord, id: number): number {
  const at = placeOf(record, id);
  return at > 0 ? record[at + 1] : 0;
}

/** Where the id of a slot stands, or 0. */
function placeOf(record: StoredRecord, id: number): number {
  for (let at = 1; at < record.length; at += 3 + record[at + 2]) if (record[at] === id) return at;
  return 0;
}

/** The record with these slots in place of the old ones. Others are kept; whatever has expired at `now` is dropped. */
export function writeSlots(record: StoredRecord, slots: readonly Slot[], now: number): StoredRecord {
  const written = [RECORD_VERSION];
  for (let at = 1; at < record.length; at += 3 + record[at + 2]) {
    if (record[at + 1] <= now || slots.some((slot) => slot.id === record[at])) continue;
    for (let n = at; n < at + 3 + record[at + 2]; n++) written.push(record[n]);
  }
  for (const { id, expires, state } of slots) {
    if (expires <= now) continue;
    written.push(id, expires, state.length);
    for (const number of state) written.push(number);
  }
  return written;
}

/** Microseconds since the epoch from when on the whole record equals nothing; 0 if it is empty and must not be kept. */
export function expiryOf(record: StoredRecord): number {
  let latest = 0;
  for (let at = 1; at < record.length; at += 3 + record[at + 2]) latest = Math.max(latest, record[at + 1]);
  return latest;
}
