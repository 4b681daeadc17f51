import type { DecideSql } from "./decideSql.ts";
import type { Query } from "./queryOf.ts";
import type { TableName } from "./TableName.ts";

/** After so many calls, so many rows for each of them are looked at: more than a call makes, so that it ends. */
const CALLS = 64;
const ROWS_PER_CALL = 4;
const MOST_ROWS = 1024;

const sweepSql = (table: string) => `
with looked as (select name, expires_at from ${table} where name > $1::text order by name limit $2::int),
gone as (
  delete from ${table} where name in (
    select r.name from ${table} r join looked using (name)
    where r.expires_at <= extract(epoch from clock_timestamp()) * 1000000 for update of r skip locked
  )
)
select max(name collate "C") as hand, count(*)::int as seen from looked`;

/**
 * Removes rows that equal nothing, some after so many calls, round and round, one sweep at a time and beside the calls.
 * What it meets locked, it leaves; what fails, it leaves to the next round.
 */
export function idleRows(run: Query, { quoted }: TableName, { id }: DecideSql): (calls: number) => void {
  const sweep = sweepSql(quoted);
  let calls = 0;
  let hand = "";
  let isSweeping = false;
  return (more) => {
    calls += more;
    if (calls < CALLS || isSweeping) return;
    const rows = Math.min(calls * ROWS_PER_CALL, MOST_ROWS);
    calls = 0;
    isSweeping = true;
    run(`sluice sweep ${id}`, sweep, [hand, rows])
      .then(
        ([{ hand: last, seen }]) => (hand = Number(seen) < rows ? "" : String(last)),
        () => (hand = ""),
      )
      .finally(() => (isSweeping = false));
  };
}
