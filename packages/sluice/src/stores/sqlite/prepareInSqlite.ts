import { preparedSync } from "../inProcess/preparedSync.ts";
import { recordDesk } from "../inProcess/recordDesk.ts";
import { keyAt } from "../keyAt.ts";
import { EMPTY_RECORD } from "../record.ts";
import { recordNames } from "../recordName.ts";
import type { Plan, SyncPreparedPlan } from "../Store.ts";
import type { RecordTable } from "./RecordTable.ts";

/** Reads, decides and writes within one immediate transaction, so that processes take turns. */
export function prepareInSqlite(plan: Plan, table: RecordTable): SyncPreparedPlan {
  const names = recordNames(plan);
  const desk = recordDesk(plan);
  const { subjects } = desk;
  return preparedSync({
    decideSync: (keys, costs, mode, blockKey = keyAt(keys, 0)) =>
      table.transaction((now) => {
        const states = subjects.map((_, s) => table.read(names.states + keyAt(keys, s)));
        const shared = desk.sharesAny ? table.read(names.states) : EMPTY_RECORD;
        const block = table.read(names.block + blockKey);
        const { outcome, changed } = desk.decide({ states, shared, block }, now, costs, mode);
        changed.states?.forEach((record, s) => table.write(names.states + keyAt(keys, s), record));
        if (changed.shared !== undefined) table.write(names.states, changed.shared);
        if (changed.block !== undefined) table.write(names.block + blockKey, changed.block);
        return outcome;
      }),
    resetSync: (keys, blockKey = keyAt(keys, 0)) =>
      table.transaction(() => {
        subjects.forEach((_, s) => table.remove(names.states + keyAt(keys, s)));
        table.remove(names.block + blockKey);
      }),
  });
}
