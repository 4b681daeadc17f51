import type { FunctionSql } from "./functionSql.ts";
import { inspect } from "./inspect.ts";
import { migrationSql, TABLE_VERSION } from "./migrationSql.ts";
import type { Query } from "./Query.ts";
import type { TableName } from "./TableName.ts";

/** Statements that travel together and begin no transaction are one, and leave none open when they fail. */
const SETTINGS =
  "set transaction isolation level read committed; set local client_min_messages = warning; " +
  // Checks that somebody may have on for functions of their own.
  "set local plpgsql.extra_errors = 'none';";

/** Does nothing where all is there, so that a role that may create nothing can call it at every start. */
export async function migrate(
  run: Query,
  table: TableName,
  functions: readonly FunctionSql[],
  isDurable: boolean,
): Promise<void> {
  const found = await inspect(run, table, functions);
  const isDurableEnough = found.isDurable === true || !isDurable;
  if (found.mark === `sluice ${TABLE_VERSION}` && found.hasFunctions && isDurableEnough) return;
  await run("", `${SETTINGS}\n${migrationSql(table, functions, isDurable)}`, []);
}
