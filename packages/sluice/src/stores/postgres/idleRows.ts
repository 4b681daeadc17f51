import type { FunctionSql } from "./functionSql.ts";
import type { Query } from "./queryOf.ts";
import type { TableName } from "./TableName.ts";

/** After so many rows that calls may have made, as many times so many are looked at: more, so that it ends. */
const ROWS = 64;
const LOOKS = 4;
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
 * Removes rows that equal nothing, some after every so many that calls may have made, round and round, one sweep at a time
 * and beside the calls. What it meets locked, it leaves; what fails, it leaves to the next round.
 */
export function idleRows(run: Query, { quoted }: TableName, { id }: FunctionSql): (rows: number) => void {
  const sweep = sweepSql(quoted);
  let made = 0;
  let hand = "";
  let isSweeping = false;
  return (rows) => {
    made += rows;
    if (made < ROWS || isSweeping) return;
    const looks = Math.min(made * LOOKS, MOST_ROWS);
    made = 0;
    isSweeping = true;
    run(`sluice sweep ${id}`, sweep, [hand, looks])
      .then(
        ([{ hand: last, seen }]) => (hand = Number(seen) < looks ? "" : String(last)),
        () => (hand = ""),
      )
      .finally(() => (isSweeping = false));
  };
}
