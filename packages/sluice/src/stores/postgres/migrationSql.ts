import type { FunctionSql } from "./functionSql.ts";
import { REFUSED } from "./postgresFailure.ts";
import type { TableName } from "./TableName.ts";

/** Of the table. It stands in the table's comment, which a crash leaves alone. A change of the table raises it. */
export const TABLE_VERSION = 1;

/** Makes the table where it is not yet there. */
export function createTable({ quoted }: TableName, isDurable: boolean): string {
  return `create ${isDurable ? "" : "unlogged "}table if not exists ${quoted} (
  name text collate "C" primary key,
  record bigint[] not null,
  expires_at bigint not null
) with (fillfactor = 70);`;
}

/**
 * Makes what is missing, one process after the other. A table that it does not know it leaves alone. A durable table
 * stays durable, also for a store that does not ask for it.
 */
export function migrationSql(
  table: TableName,
  functions: readonly FunctionSql[],
  isDurable: boolean,
): string {
  const durable = isDurable ? `\nalter table ${table.quoted} set logged;` : "";
  return `-- Run this in one transaction.
do $sluice$
declare
  found regclass;
  mark text;
begin
  perform pg_advisory_xact_lock(hashtext('sluice migrate'));
  found := to_regclass('${table.quoted}');
  mark := coalesce(obj_description(found, 'pg_class'), '');
  if found is not null and mark !~ '^sluice [0-9]{1,9}$' then
    raise exception using errcode = '${REFUSED}',
      message = format('the table %s is there, and its comment does not say that sluice made it', found);
  elsif found is not null and substr(mark, 8)::int > ${TABLE_VERSION} then
    raise exception using errcode = '${REFUSED}',
      message = format('the table %s is of a newer sluice (%s), this one knows sluice ${TABLE_VERSION}', found, mark);
  end if;
end
$sluice$;
${createTable(table, isDurable)}${durable}
comment on table ${table.quoted} is 'sluice ${TABLE_VERSION}';
${functions.map(({ create }) => create).join("\n")}
`;
}
