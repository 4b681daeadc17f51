import type { TableName } from "./TableName.ts";

/** Locks rows in the order of their names, as calls do, and waits for somebody else's lock no longer than they do. */
export function resetSql({ quoted }: TableName): string {
  return `
delete from ${quoted} where name in (
  select locked.name from (select set_config('lock_timeout', '2s', true) as bound) set
  cross join lateral (
    select r.name from ${quoted} r where r.name = any($1::text::text[]) and bound <> '' order by r.name for update
  ) locked
)`;
}
