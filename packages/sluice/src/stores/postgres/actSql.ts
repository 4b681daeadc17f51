import type { Twin } from "../../algorithms/Twin.ts";
import { actBodySql } from "./actBodySql.ts";
import { chosenByMachine } from "./chosenByMachine.ts";
import { type FunctionSql, functionSql } from "./functionSql.ts";
import { type TableName, tableName } from "./TableName.ts";

/**
 * What is done beside deciding, around the same twins. It is called with `names` and the program of `encodeAct`, and for
 * tests the instant in microseconds.
 */
export function actSql(twins: readonly Twin[], table: TableName = tableName("sluice_records")): FunctionSql {
  const all = {
    steps: chosenByMachine(twins.map(({ sql }) => sql)),
    adjusts: chosenByMachine(twins.map(({ adjustSql }) => adjustSql)),
    books: chosenByMachine(twins.map(({ bookSql }) => bookSql)),
  };
  return functionSql(
    "act",
    [
      ["names", "text[]"],
      ["p", "bigint[]"],
    ],
    actBodySql(all, table.quoted),
    table,
  );
}
