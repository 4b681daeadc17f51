import type { OneLimitSql, Stored } from "../../algorithms/OneLimitSql.ts";
import type { Twin } from "../../algorithms/Twin.ts";
import { entriesAt, isOneLimit } from "./isOneLimit.ts";

/**
 * The short way of a batch: calls of different keys that meet the same one limit are decided as a set, by one statement
 * that locks their rows and one that decides and writes. What they meet that is not plain (a block, other slots, a peek, a
 * clock that stepped back, a row that somebody else is making) undoes the set with its locks, and the general way decides.
 *
 * Rows are locked in the order of their names, as everywhere. The locks of those who make rows are taken beside them, where
 * others take them before: so none is waited for.
 * Held to TypeScript by the same test as the general way, `test/stores/postgresTwins.test.ts`.
 */
export function decideSetSql(twins: readonly Twin[], table: string): string {
  const ways = twins.flatMap(({ oneLimitSql }, i) =>
    oneLimitSql === undefined
      ? []
      : [
          `if ${isOneLimit(i + 1, oneLimitSql)} and ${isSet(oneLimitSql)} then${decideIn(table, oneLimitSql)}`,
        ],
  );
  return `${ways.join("els")}end if;`;
}

/**
 * Several calls, and nothing starts a block. No two entries share a record: those of the n-th are then the names
 * `2 * n - 1` and `2 * n`.
 */
function isSet(one: OneLimitSql): string {
  const at = entriesAt(one);
  return `p[4] = 0 and (p[${at}] > 1 or p[${at + 2}] > 1) and cardinality(names) = 2 * p[${at}]`;
}

const decideIn = (table: string, one: OneLimitSql) => `
  declare
    entries int := p[${entriesAt(one)}];
    held record;
    decided bigint;
  begin${lock(table, entriesAt(one))}
    if not held.are_plain then raise no_data_found; end if;
    declare
      now bigint := coalesce(instant, round(date_part('epoch', clock_timestamp()) * 1000000)::bigint);${one.declares}
    begin${decide(table, one)}
      if decided < entries then raise no_data_found; end if;
      return now || array(select unnest(reply));
    end;
  exception when no_data_found or unique_violation then reply := null;
  end;
`;

/** A list for each number of the rows, in the order of their names; null where there is no row. */
const lock = (table: string, at: number) => `
    select
      bool_and(e.mode <> 1 and e.cost between 1 and p[13] and e.is_unblocked and case
        when r.ctid is null then pg_try_advisory_xact_lock(hashtextextended(e.name, 0)) else r.is_ours end) as are_plain,
      array_agg(e.n) as n, array_agg(e.mode) as mode, array_agg(e.cost) as cost, array_agg(e.name) as name,
      array_agg(r.ctid) as ctid, array_agg(r.expires_at) as expires,
      array_agg(r.number1) as number1, array_agg(r.number2) as number2, array_agg(r.number3) as number3
    into held
    from (
      select n, names[2 * n] as name, p[${at - 3} + 5 * n] as mode, p[${at} + 5 * n] as cost,
        (select true from ${table} b where b.name = names[2 * n - 1]) is null as is_unblocked
      from generate_series(1, entries) n order by names[2 * n] collate "C"
    ) e
    left join lateral (
      select r.ctid, r.expires_at, r.record[5] as number1, r.record[6] as number2, r.record[7] as number3,
        r.record[1] = 1 and r.record[2] = p[6] and cardinality(r.record) = 7 as is_ours
      from ${table} r where r.name = e.name for update
    ) r on true;`;

const STORED: Stored = ["s.number1", "s.number2", "s.number3"];
const AFTER = ["s.after1", "s.after2", "s.after3"];
const KEPT = [1, 2, 3].map((i) => `case when s.expires > now then s.number${i} else 0 end as number${i}`);
const RECORD = `array[1, p[6], s.expires, 3, ${AFTER.join(", ")}]`;

/** Of equal calls so many as fit are charged at once; the reply tells what they found. */
const decide = (table: string, one: OneLimitSql) => {
  const { state, expires } = one.charged(STORED);
  const [wait, remaining, ...rest] = one.refused(STORED);
  return `
      with charged as materialized (
        select s.*, s.cost > 0 and ${one.fits(STORED)} as fits,
          ${state.map((number, i) => `${number} as after${i + 1}`).join(", ")}, ${expires} as expires
        from (
          select s.n, s.mode, s.name, s.place, s.number1, s.number2, s.number3,
            s.cost * case when s.mode = 0 then 1 else least(s.mode, ${remaining} / s.cost) end as cost
          from (
            select s.n, s.mode, s.cost, s.name, s.place, s.expires > now as is_kept, ${KEPT.join(", ")}
            from unnest(held.n, held.mode, held.cost, held.name, held.ctid, held.expires, held.number1, held.number2, held.number3)
              s (n, mode, cost, name, place, expires, number1, number2, number3) offset 0
          ) s where s.is_kept is not true or ${one.usual(STORED)} offset 0
        ) s
      ), written as (
        update ${table} r set record = ${RECORD}, expires_at = s.expires from charged s where s.fits and r.ctid = s.place
      ), made as (
        insert into ${table} select s.name, ${RECORD}, s.expires from charged s where s.fits and s.place is null
      )
      select count(*), array_agg(case when s.fits and s.mode = 0
        then array[0, 0, 1, 0, ${one.remaining(AFTER)}, s.expires - now, ${AFTER.join(", ")}]
        else array[0, 0, (s.mode > 1)::int, case when s.mode = 0 then ${wait} else 0 end, ${[remaining, ...rest].join(", ")}]
        end order by s.n)
      into decided, reply from charged s;`;
};
