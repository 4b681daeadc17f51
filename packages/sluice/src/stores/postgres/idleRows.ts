import type { RunQuery } from "./runQuery.ts";

/** Every so many batches of calls, this many rows are looked at. */
const BATCHES = 64;
const ROWS = 256;

const SWEEP = `
with looked as (select name, expires_at from sluice_records where name > $1 order by name limit ${ROWS}),
gone as (
  delete from sluice_records where name in (
    select r.name from sluice_records r join looked using (name)
    where r.expires_at <= extract(epoch from clock_timestamp()) * 1000000 for update of r skip locked
  ) returning name
)
select max(name collate "C") as hand, count(*) as seen, (select count(*) from gone) as gone from looked`;

/** Removes rows that equal nothing, some after every so many batches, round and round. What it meets locked, it leaves. */
export function idleRows(run: RunQuery): () => void {
  let batches = 0;
  let hand = "";
  return () => {
    if (++batches % BATCHES !== 0) return;
    run("sluice sweep", SWEEP, [hand]).then(
      ([{ hand: last, seen }]) => (hand = Number(seen) < ROWS ? "" : String(last)),
      () => (hand = ""),
    );
  };
}
