import type { OneLimitSql, Stored } from "../../algorithms/OneLimitSql.ts";
import type { Twin } from "../../algorithms/Twin.ts";
import { entriesAt, isOneLimit } from "./isOneLimit.ts";

/**
 * The short way of a call that comes alone and meets one limit: statements that begin `decide.ts` anew would tell the
 * same. A program of one plan and one entry has every number in its place, so nothing is looked for, and PL/pgSQL has
 * few expressions to make ready. What they meet that is not plain (a block, or one to start, other slots, a clock that
 * stepped back, a refused call that is charged) leaves `reply` null and all as it was, and the general way decides. It
 * begins without a lock: what was locked in vain is undone, and sent again.
 *
 * The clock is read before the lock. Whoever had to wait for somebody whose time is later finds no plain slot.
 * Held to TypeScript by the same test as the general way, `test/stores/postgresTwins.test.ts`.
 */
export function decideOneSql(twins: readonly Twin[], table: string): string {
  const ways = twins.flatMap(({ oneLimitSql }, i) =>
    oneLimitSql === undefined
      ? []
      : [`if ${isPlain(i + 1, oneLimitSql)} then${decideIn(table, oneLimitSql)}`],
  );
  return `${ways.join("els")}end if;`;
}

/** As `readSlot` has it. The row expires with its only slot. */
const KEPT: Stored = ["r.record[5]", kept(6), kept(7)];
const NOTHING: Stored = ["0", "0", "0"];

function kept(n: number): string {
  return `case when r.expires_at > now then r.record[${n}] else 0 end`;
}

/** One entry that consumes, of a cost that may fit. */
function isPlain(machine: number, one: OneLimitSql): string {
  const entry = entriesAt(one);
  return `${isOneLimit(machine, one)} and p[${entry}] = 1 and p[${entry + 2}] = 0 and p[${entry + 5}] between 1 and p[13]`;
}

const decideIn = (table: string, one: OneLimitSql) => `
  declare
    cost bigint := p[${entriesAt(one) + 5}];
    now bigint := coalesce(instant, round(date_part('epoch', clock_timestamp()) * 1000000)::bigint);${one.declares}
  begin
    update ${table} r set record = ${record(one, KEPT)}, expires_at = ${one.charged(KEPT).expires}
    where r.name = names[2] and ${isUsual(one)} and ${one.fits(KEPT)} and ${isUnblocked(table)}
    returning ${admitted(one)} into reply;
    if reply is null then
      select case when p[4] = 0 and ${isUsual(one)} and not ${one.fits(KEPT)} and ${isUnblocked(table)}
        then array[now, 0, 0, 0, ${one.refused(KEPT).join(", ")}] end into reply
      from ${table} r where r.name = names[2];
      if not found then
        -- The lock of all who make a row that is not there: nothing that they see as missing is made beside them.
        perform pg_advisory_xact_lock(hashtextextended(names[2], 0));
        insert into ${table} as r select names[2], ${record(one, NOTHING)}, ${one.charged(NOTHING).expires}
        where ${isUnblocked(table)}
        on conflict (name) do nothing returning ${admitted(one)} into reply;
        if reply is null and exists (select from ${table} r where r.name = names[2]) then
          raise serialization_failure;
        end if;
      end if;
    end if;
    -- Whoever held the row meanwhile may have started a block: all is undone, and sent again.
    if reply is not null and p[4] > 0 then
      if not ${isUnblocked(table)} then raise serialization_failure; end if;
    end if;
    if reply is not null then return reply; end if;
    -- Only a row that was waited for, and then did not fit, has made this a transaction that others wait for. The general
    -- way has its own order of locks.
    if pg_current_xact_id_if_assigned() is not null then raise serialization_failure; end if;
  end;
`;

const isUsual = (one: OneLimitSql) =>
  `r.record[1] = 1 and r.record[2] = p[6] and cardinality(r.record) = 7 and ${one.usual(["r.record[5]", "r.record[6]", "r.record[7]"])}`;

const isUnblocked = (table: string) => `not exists (select from ${table} b where b.name = names[1])`;

function record(one: OneLimitSql, stored: Stored): string {
  const { state, expires } = one.charged(stored);
  return `array[1, p[6], ${expires}, 3, ${state.join(", ")}]`;
}

function admitted(one: OneLimitSql): string {
  const state = ["r.record[5]", "r.record[6]", "r.record[7]"];
  return `array[now, 0, 0, 1, 0, ${one.remaining(state)}, r.expires_at - now, ${state.join(", ")}]`;
}
