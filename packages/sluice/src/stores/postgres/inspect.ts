import type { DecideSql } from "./decideSql.ts";
import type { Query } from "./queryOf.ts";
import type { TableName } from "./TableName.ts";

/** What one look tells about a server and what `migrate()` made there. */
export interface Findings {
  /** As PostgreSQL counts: 150018 is 15.18. */
  readonly version: number;
  /** In which a transaction runs that says nothing else: `"read committed"`. */
  readonly isolation: string;
  /** The comment of the table; null if there is none, or no table. */
  readonly mark: string | null;
  /** Null without a table. */
  readonly isDurable: boolean | null;
  readonly hasFunction: boolean;
  /** What this role may not do with them: `"delete"`; empty if it may do everything. */
  readonly missing: string;
}

/** Reads; needs no privilege but to connect. */
export async function inspect(run: Query, { quoted }: TableName, decide: DecideSql): Promise<Findings> {
  const text = `
select current_setting('server_version_num')::int as version,
  current_setting('default_transaction_isolation') as isolation,
  obj_description(t, 'pg_class') as mark,
  (select relpersistence = 'p' from pg_class where oid = t) as durable,
  f is not null as has_function,
  (select coalesce(string_agg(p, ', '), '') from (
    select p from unnest('{select,insert,update,delete}'::text[]) p where not has_table_privilege(t, p)
    union all select 'execute' where not has_function_privilege(f, 'execute')
  ) lacking) as missing
from (select to_regclass('${quoted}') as t,
  to_regprocedure('${decide.name}(text[], bigint[], bigint[], bigint)') as f) made`;
  const [row] = await run("", text, []);
  return {
    version: Number(row.version),
    isolation: String(row.isolation),
    mark: row.mark as string | null,
    isDurable: row.durable as boolean | null,
    hasFunction: row.has_function === true,
    missing: String(row.missing),
  };
}
