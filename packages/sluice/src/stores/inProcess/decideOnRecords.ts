import type { Costs, Mode, Outcome, Plan } from "../Store.ts";
import { BLOCK_SLOT, readSlot, type Slot, type StoredRecord, writeSlots } from "../record.ts";
import { slotId } from "../slotId.ts";
import { createDesk, decide, type Desk } from "./decide.ts";

/** The records that one call reads. The decision puts new ones in the place of those that it changes. */
export interface CallRecords {
  /** That of the key in the pool. */
  own: StoredRecord;
  /** That of the empty key, where a limit keeps what it shares over all keys. Only read if `sharesAny`. */
  shared: StoredRecord;
  block: StoredRecord;
}

export interface RecordDecider {
  /** Some limit keeps numbers in the record of the empty key. */
  readonly sharesAny: boolean;
  /** Decides, and replaces what is to be written. The outcome is the same object every time. */
  decide(records: CallRecords, now: number, costs: Costs, mode: Mode): Outcome;
}

/** Decides a plan over records: for stores that run the step in process, and those that compare and swap. */
export function recordDecider(plan: Plan): RecordDecider {
  const desk = createDesk(plan);
  const parts = plan.limits.map((limit, i): Part => {
    const { width, grows } = limit.machine;
    return { i, id: slotId(limit), from: 0, width: width - limit.sharedWidth, grows };
  });
  const shared = parts
    .map((part, i) => ({ ...part, from: part.width, width: plan.limits[i].sharedWidth, grows: false }))
    .filter((part) => part.width > 0);
  const block: Slot = { id: BLOCK_SLOT, expires: 0, state: desk.block };

  return {
    sharesAny: shared.length > 0,
    decide(records, now, costs, mode) {
      read(parts, desk, records.own, now);
      read(shared, desk, records.shared, now);
      readSlot(records.block, BLOCK_SLOT, now, desk.block, 0, 2, false);
      decide(plan, desk, now, costs, mode);
      if (desk.changed) {
        records.own = written(parts, desk, records.own);
        if (shared.length > 0) records.shared = written(shared, desk, records.shared);
      }
      if (desk.blockChanged) {
        const expires = desk.block[0] + desk.block[1];
        records.block = writeSlots(records.block, [{ ...block, expires }], now);
      }
      return desk.outcome;
    },
  };
}

/** Which numbers of the state of the limit at `i` stand in a record. */
interface Part {
  readonly i: number;
  readonly id: number;
  readonly from: number;
  readonly width: number;
  readonly grows: boolean;
}

function read(parts: readonly Part[], { before }: Desk, record: StoredRecord, now: number): void {
  for (const { i, id, from, width, grows } of parts) readSlot(record, id, now, before[i], from, width, grows);
}

function written(parts: readonly Part[], { after, outcome }: Desk, record: StoredRecord): StoredRecord {
  const { now, verdicts } = outcome;
  const slots = parts.map(({ i, id, from, width, grows }) => ({
    id,
    expires: now + verdicts[i].life,
    state: after[i].slice(from, grows ? undefined : from + width),
  }));
  return writeSlots(record, slots, now);
}
