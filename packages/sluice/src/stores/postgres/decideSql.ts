import type { Twin } from "../../algorithms/Twin.ts";
import { chosenByMachine } from "./chosenByMachine.ts";
import { decideManySql } from "./decideManySql.ts";
import { decideOneSql } from "./decideOneSql.ts";
import { decideSetSql } from "./decideSetSql.ts";
import { type FunctionSql, functionSql } from "./functionSql.ts";
import { type TableName, tableName } from "./TableName.ts";

/**
 * The wrapper around the twins, whose numbers are their places in the list. It is called with `names`, `creates` and the
 * program of `encodeCalls`, and for tests the instant in microseconds.
 *
 * Frozen: docs/decisions/0001. Calls that come alone and batches of plain calls go short ways if they can.
 */
export function decideSql(
  twins: readonly Twin[],
  table: TableName = tableName("sluice_records"),
): FunctionSql {
  const steps = chosenByMachine(twins.map(({ sql }) => sql));
  const short = [decideOneSql, decideSetSql].map((way) => way(twins, table.quoted));
  const body = decideManySql(short.join("\n"), steps, table.quoted);
  return functionSql(
    "decide",
    [
      ["names", "text[]"],
      ["creates", "bigint[]"],
      ["p", "bigint[]"],
    ],
    body,
    table,
  );
}
