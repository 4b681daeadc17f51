import type { CallRecords, ChangedRecords, RecordDesk } from "../inProcess/recordDesk.ts";
import { writeSlots } from "../record.ts";
import { holdName } from "../recordName.ts";
import { hashedName } from "../slotId.ts";
import type { Act, ActOutcome, Keys } from "../Store.ts";

/** Does an act where what is reserved stands in the record of its key, since only one record can be swapped. */
export function actInRecord(
  desk: RecordDesk,
  records: CallRecords,
  now: number,
  keys: Keys,
  act: Act,
): { outcome: ActOutcome; changed: ChangedRecords } {
  const [record] = records.states;
  const id = "id" in act ? hashedName(holdName(keys, act.id)) : 0;
  const { outcome, changed } = desk.act(records, { record, id }, now, act);
  const { hold, ...others } = changed;
  if (hold === undefined) return { outcome, changed: others };
  return { outcome, changed: { ...others, states: [writeSlots(others.states?.[0] ?? record, [hold], now)] } };
}
