import type { FunctionSql } from "./functionSql.ts";
import type { Query } from "./Query.ts";
import type { TableName } from "./TableName.ts";

/** After so many rows that calls may have made, as many times so many are looked at: more, so that it ends. */
const ROWS = 64;
const LOOKS = 4;
const MOST_ROWS = 1024;

const NOW = "date_part('epoch', clock_timestamp()) * 1000000";

/** Most sweeps find nothing: to look is a statement of its own, which the server has soon planned. */
const lookSql = (table: string) => `
select max(name collate "C") as hand, count(*)::int as seen, (array_agg(name) filter (where expires_at <= now))::text as idle
from (select name, expires_at from ${table} where name > $1::text order by name limit $2::int) looked, (select ${NOW} as now) clock`;

const removeSql = (table: string) => `
delete from ${table} where name in (
  select name from ${table} where name = any($1::text::text[]) and expires_at <= ${NOW} for update skip locked
)`;

/**
 * Removes rows that equal nothing, some after every so many that calls may have made, round and round, one sweep at a time
 * and beside the calls. What it meets locked, it leaves; what fails, it leaves to the next round.
 */
export function idleRows(run: Query, { quoted }: TableName, { id }: FunctionSql): (rows: number) => void {
  const [look, remove] = [lookSql(quoted), removeSql(quoted)];
  let made = 0;
  let hand = "";
  let isSweeping = false;

  async function sweep(looks: number): Promise<void> {
    const [row] = await run(`sluice sweep ${id}`, look, [hand, looks]);
    const [last, seen, idle] = Object.values(row);
    hand = Number(seen) < looks ? "" : String(last);
    if (idle !== null) await run(`sluice remove ${id}`, remove, [idle]);
  }

  return (rows) => {
    made += rows;
    if (made < ROWS || isSweeping) return;
    const looks = Math.min(made * LOOKS, MOST_ROWS);
    made = 0;
    isSweeping = true;
    sweep(looks)
      .catch(() => (hand = ""))
      .finally(() => (isSweeping = false));
  };
}
