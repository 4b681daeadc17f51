import { twins } from "../algorithms/twins.ts";
import type { SendCalls } from "./callQueue.ts";
import { decodeOutcomes } from "./decodeOutcomes.ts";
import { encodeCalls } from "./encodeCalls.ts";
import { serverStore } from "./onServer/serverStore.ts";
import { decideSql } from "./postgres/decideSql.ts";
import { idleRows } from "./postgres/idleRows.ts";
import type { PostgresClient } from "./postgres/PostgresClient.ts";
import { type RunQuery, runQuery } from "./postgres/runQuery.ts";
import type { Store } from "./Store.ts";

export type { PgClient, PostgresClient, PostgresJsClient } from "./postgres/PostgresClient.ts";

export interface PostgresStore extends Store {
  /** Makes the table and the function, where they are not yet there. Run it once at start or at deployment. */
  migrate(): Promise<void>;
  /** What `migrate()` runs, for those who run it by themselves. */
  readonly migration: string;
}

const { name: FUNCTION, create: MIGRATION } = decideSql(twins);
const DECIDE = `select ${FUNCTION}($1::text[], $2::bigint[], $3::bigint[]) as reply`;
/** So that processes that start together do not make the function twice at once. */
const ALONE = "select pg_advisory_xact_lock(hashtext('sluice migrate'))";

/**
 * State in PostgreSQL 14 and newer: limits hold across processes and hosts, on the server's clock. The calls of one turn
 * of the event loop travel as one function call, which decides each as if it came alone. The table is unlogged: a crash
 * of the server empties it.
 *
 * @param client a pool of `pg`, or the `sql` function of `postgres`; it stays yours to close
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function postgresStore(client: PostgresClient): PostgresStore {
  const run = runQuery(client);
  const store = serverStore({
    name: "PostgreSQL",
    send: sendTo(run),
    async reset({ names }, key, blockKey) {
      const gone = [names.states + key, names.block + blockKey];
      await run("sluice reset", "delete from sluice_records where name = any($1::text[])", [gone]);
    },
    async ping() {
      await run("", "select 1", []);
    },
  });
  return {
    ...store,
    migration: MIGRATION,
    async migrate() {
      await run("", `begin; ${ALONE}; ${MIGRATION}; commit`, []);
    },
  };
}

function sendTo(run: RunQuery): SendCalls {
  const sweep = idleRows(run);
  return async (calls) => {
    const { names, creates, program, entries } = encodeCalls(calls);
    const [row] = await run("sluice decide", DECIDE, [names, `{${creates.join()}}`, `{${program.join()}}`]);
    sweep();
    return decodeOutcomes(entries, row.reply as string[]);
  };
}
