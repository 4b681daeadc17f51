import { preparedSync } from "../inProcess/preparedSync.ts";
import { type CallRecords, type ChangedRecords, recordDesk } from "../inProcess/recordDesk.ts";
import { keyAt } from "../keyAt.ts";
import { EMPTY_RECORD, HOLD_SLOT, writeSlots } from "../record.ts";
import { holdName, recordNames } from "../recordName.ts";
import type { Keys, Plan, SyncPreparedPlan } from "../Store.ts";
import type { RecordTable } from "./RecordTable.ts";

/** Reads, decides and writes within one transaction. Whoever writes takes turns with other processes; a refusal need not. */
export function prepareInSqlite(plan: Plan, table: RecordTable): SyncPreparedPlan {
  const names = recordNames(plan);
  const desk = recordDesk(plan);
  const { subjects } = desk;

  function read(keys: Keys, blockKey: string): CallRecords {
    const states = subjects.map((_, s) => table.read(names.states + keyAt(keys, s)));
    const shared = desk.sharesAny ? table.read(names.states) : EMPTY_RECORD;
    return { states, shared, block: table.read(names.block + blockKey) };
  }

  function write(changed: ChangedRecords, keys: Keys, blockKey: string): void {
    changed.states?.forEach((record, s) => table.write(names.states + keyAt(keys, s), record));
    if (changed.shared !== undefined) table.write(names.states, changed.shared);
    if (changed.block !== undefined) table.write(names.block + blockKey, changed.block);
  }

  return preparedSync({
    decideSync: (keys, costs, mode, blockKey = keyAt(keys, 0)) =>
      table.transaction(() => {
        const { outcome, changed } = desk.decide(read(keys, blockKey), table.now(), costs, mode);
        write(changed, keys, blockKey);
        return outcome;
      }),
    actSync: (keys, act, blockKey = keyAt(keys, 0)) =>
      table.transaction(() => {
        const name = "id" in act ? names.hold + holdName(keys, act.id) : undefined;
        const place = { record: name === undefined ? EMPTY_RECORD : table.read(name), id: HOLD_SLOT };
        const records = read(keys, blockKey);
        const now = table.now();
        const { outcome, changed } = desk.act(records, place, now, act);
        write(changed, keys, blockKey);
        if (name !== undefined && changed.hold !== undefined)
          table.write(name, writeSlots(EMPTY_RECORD, [changed.hold], now));
        return outcome;
      }),
    resetSync: (keys, blockKey = keyAt(keys, 0)) =>
      table.alone(() => {
        subjects.forEach((_, s) => table.remove(names.states + keyAt(keys, s)));
        table.remove(names.block + blockKey);
      }),
  });
}
