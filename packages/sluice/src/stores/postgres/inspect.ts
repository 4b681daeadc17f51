import type { FunctionSql } from "./functionSql.ts";
import type { Query } from "./Query.ts";
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
  /** All of them. */
  readonly hasFunctions: boolean;
  /** What this role may not do with them: `"delete"`; empty if it may do everything. */
  readonly missing: string;
}

/** Reads; needs no privilege but to connect. */
export async function inspect(
  run: Query,
  { quoted }: TableName,
  functions: readonly FunctionSql[],
): Promise<Findings> {
  const text = `
select current_setting('server_version_num')::int as version,
  current_setting('default_transaction_isolation') as isolation,
  obj_description(t, 'pg_class') as mark,
  (select relpersistence = 'p' from pg_class where oid = t) as durable,
  array_position(fs, null) is null as has_functions,
  (select coalesce(string_agg(p, ', '), '') from (
    select p from unnest('{select,insert,update,delete}'::text[]) p where not has_table_privilege(t, p)
    union all select 'execute' where false = any (select has_function_privilege(f, 'execute') from unnest(fs) f)
  ) lacking) as missing
from (select to_regclass('${quoted}') as t,
  array[${functions.map(({ signature }) => `to_regprocedure('${signature}')`).join(", ")}] as fs) made`;
  const [row] = await run("", text, []);
  const [version, isolation, mark, durable, hasFunctions, missing] = Object.values(row);
  return {
    version: Number(version),
    isolation: String(isolation),
    mark: mark as string | null,
    isDurable: durable as boolean | null,
    hasFunctions: hasFunctions === true,
    missing: String(missing),
  };
}
