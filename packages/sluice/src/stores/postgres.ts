import { twins } from "../algorithms/twins.ts";
import { show } from "../errors/show.ts";
import { StoreError } from "../errors/StoreError.ts";
import { EventStream } from "../events/EventStream.ts";
import { warnOnce } from "../events/warnOnce.ts";
import type { SendCalls } from "./onServer/callQueue.ts";
import type { ActCode } from "./onServer/encodeAct.ts";
import { serverStore } from "./onServer/serverStore.ts";
import { actSql } from "./postgres/actSql.ts";
import { arrayText } from "./postgres/arrayText.ts";
import { decideSql } from "./postgres/decideSql.ts";
import type { FunctionSql } from "./postgres/functionSql.ts";
import { idleRows } from "./postgres/idleRows.ts";
import { inspect } from "./postgres/inspect.ts";
import { migrate } from "./postgres/migrate.ts";
import { migrationSql } from "./postgres/migrationSql.ts";
import { poolWarning } from "./postgres/poolWarning.ts";
import type { PostgresClient } from "./postgres/PostgresClient.ts";
import { type PostgresStoreOptions, readPostgresOptions } from "./postgres/PostgresStoreOptions.ts";
import type { Query } from "./postgres/Query.ts";
import { queryOf } from "./postgres/queryOf.ts";
import { resetSql } from "./postgres/resetSql.ts";
import { runQuery } from "./postgres/runQuery.ts";
import { startUpCheck } from "./postgres/startUpCheck.ts";
import type { TableName } from "./postgres/TableName.ts";
import type { Store } from "./Store.ts";

export type { PgPool, PostgresClient, PostgresJsClient } from "./postgres/PostgresClient.ts";
export type { PostgresStoreOptions } from "./postgres/PostgresStoreOptions.ts";

/** A store that can also make what it needs in its database. */
export interface PostgresStore extends Store {
  /**
   * Makes the table and the functions where they are not yet there: whole or not at all, for one process after the other.
   * Run it once at start or at deployment. Where all is there it changes nothing, and needs no right to.
   * @throws StoreError `STORE_MISCONFIGURED` if this role may not, if a newer version of this library made the table, or
   *   if somebody else did; `STORE_FAILED`
   */
  migrate(): Promise<void>;
  /** What `migrate()` runs, for those who run it by themselves, in one transaction. */
  readonly migration: string;
}

/**
 * State in PostgreSQL 14 and newer: limits hold across processes and hosts, on the server's clock. The calls of one turn
 * of the event loop travel together in calls of a function that decides each as if it came alone, in transactions of their own.
 *
 * @param client a pool of `pg`, or the `sql` function of `postgres`; it stays yours to close
 * @throws ConfigurationError `INVALID_OPTION`, also for a single client, whose transactions are its owner's;
 *   `UNKNOWN_OPTION`
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  const { isDurable, table, onWarning, deniedCache } = readPostgresOptions(options);
  const run = runQuery(queryOf(client));
  const [decide, act] = functionsOf(table);
  const reset = resetSql(table);
  const events = new EventStream();
  const warn = warnOnce(onWarning, events);
  const look = async () => {
    const warning = poolWarning(client);
    if (warning !== undefined) warn(warning);
    return inspect(run, table, [decide, act]);
  };
  const sweep = idleRows(run, table, decide);
  const check = startUpCheck(look, isDurable, warn);
  const store = serverStore({
    name: "PostgreSQL",
    send: sendTo(run, decide, sweep, check),
    act: actIn(run, act, sweep, check),
    remove: (records) => run(`sluice reset ${decide.id}`, reset, [arrayText(records)]),
    async ping() {
      await run("", "select 1", []);
    },
    isPool: true,
    deniedCache,
  });
  return {
    ...store,
    events,
    migration: migrationSql(table, [decide, act], isDurable),
    migrate: () => migrate(run, table, [decide, act], isDurable),
  };
}

/**
 * What `migrate()` of a store with these options runs, for those who run it by themselves, in one transaction.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function postgresMigration(options: Pick<PostgresStoreOptions, "durable" | "table"> = {}): string {
  const { isDurable, table } = readPostgresOptions(options);
  return migrationSql(table, functionsOf(table), isDurable);
}

function functionsOf(table: TableName): readonly [decide: FunctionSql, act: FunctionSql] {
  return [decideSql(twins, table), actSql(twins, table)];
}

function sendTo(
  run: Query,
  { id, name }: FunctionSql,
  sweep: (rows: number) => void,
  check: () => void,
): SendCalls {
  const text = `select ${name}($1::text::text[], $2::text::bigint[], $3::text::bigint[])::text as reply`;
  return async ({ names, creates, program }) => {
    const values = [arrayText(names), `{${creates.join()}}`, `{${program.join()}}`];
    try {
      const [row] = await run(`sluice decide ${id}`, text, values);
      sweep(creates.length);
      return numbersOf(row);
    } finally {
      check();
    }
  };
}

function actIn(
  run: Query,
  { id, name }: FunctionSql,
  sweep: (rows: number) => void,
  check: () => void,
): (code: ActCode) => Promise<string[]> {
  const text = `select ${name}($1::text::text[], $2::text::bigint[])::text as reply`;
  return async ({ names, program }) => {
    try {
      const [row] = await run(`sluice act ${id}`, text, [arrayText(names), `{${program.join()}}`]);
      sweep(names.length);
      return numbersOf(row);
    } finally {
      check();
    }
  };
}

/** Of a list that came as text, under whatever name: a client may rename columns. */
function numbersOf(row: Record<string, unknown>): string[] {
  const [reply] = Object.values(row);
  if (typeof reply === "string") return reply.slice(1, -1).split(",");
  throw new StoreError("STORE_FAILED", `PostgreSQL failed: it answered ${show(reply)} in place of numbers`);
}
