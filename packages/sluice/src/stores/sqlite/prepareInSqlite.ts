import { preparedSync } from "../inProcess/preparedSync.ts";
import { recordDesk } from "../inProcess/recordDesk.ts";
import { EMPTY_RECORD } from "../record.ts";
import { recordNames } from "../recordName.ts";
import type { Plan, SyncPreparedPlan } from "../Store.ts";
import type { RecordTable } from "./RecordTable.ts";

/** Reads, decides and writes within one immediate transaction, so that processes take turns. */
export function prepareInSqlite(plan: Plan, table: RecordTable): SyncPreparedPlan {
  const names = recordNames(plan);
  const desk = recordDesk(plan);
  return preparedSync({
    decideSync: (key, costs, mode, blockKey = key) =>
      table.transaction((now) => {
        const states = table.read(names.states + key);
        const shared = desk.sharesAny ? table.read(names.states) : EMPTY_RECORD;
        const block = table.read(names.block + blockKey);
        const { outcome, changed } = desk.decide({ states, shared, block }, now, costs, mode);
        if (changed.states !== undefined) table.write(names.states + key, changed.states);
        if (changed.shared !== undefined) table.write(names.states, changed.shared);
        if (changed.block !== undefined) table.write(names.block + blockKey, changed.block);
        return outcome;
      }),
    resetSync: (key, blockKey = key) =>
      table.transaction(() => {
        table.remove(names.states + key);
        table.remove(names.block + blockKey);
      }),
  });
}
