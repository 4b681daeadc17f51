import type { Twin } from "../../algorithms/Twin.ts";
import { sha256 } from "../../units/sha256.ts";
import { utf8Bytes } from "../../units/utf8Bytes.ts";
import { decideOneSql } from "./decideOneSql.ts";
import { type TableName, tableName } from "./TableName.ts";

/** The function that decides calls in PostgreSQL, and what makes it. */
export interface DecideSql {
  /** Of its text: 12 hexadecimal digits. */
  readonly id: string;
  /** With its schema if it has one. Every text has a name of its own and none is replaced under a running process. */
  readonly name: string;
  /** Makes the function where it is not yet there. */
  readonly create: string;
}

/**
 * Keep plans to the index, also such as were made while the table was empty. And a call waits for each lock as long as it
 * takes to find a deadlock (`deadlock_timeout`, 1 s) and a second more, then it fails and lets its connection go.
 */
const SETTINGS = `set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set lock_timeout = '2s'`;

/**
 * The wrapper around the twins, whose numbers are their places in the list. It is called with `names`, `creates` and the
 * program of `encodeCalls`, and for tests the instant in microseconds.
 *
 * Frozen: docs/decisions/0001. It mirrors `decide.ts`, with the same names. Calls take their locks in one order: first
 * those of records that are not there yet, by advisory lock, then the rows.
 */
export function decideSql(
  twins: readonly Twin[],
  { quoted, schema }: TableName = tableName("sluice_records"),
): DecideSql {
  const steps = twins.map(({ sql }, i) => `${i === 0 ? "if" : "elsif"} p[limit_at] = ${i + 1} then${sql}`);
  const body = functionBody(decideOneSql(twins, quoted), `${steps.join("")}end if;`, quoted);
  const text = `(names text[], creates bigint[], p bigint[], instant bigint default null)
returns bigint[] language plpgsql volatile
${SETTINGS}
as $sluice$${body}$sluice$;`;
  const id = sha256(utf8Bytes(text)).slice(0, 12);
  const name = `${schema}sluice_decide_${id}`;
  return { id, name, create: `create or replace function ${name}${text}` };
}

// A record stands in `heap` from its version on; several stand one after the other.
const readSlot = (record: string, id: string, from: string, width: string, grows: string) => `
  place := starts[${record}] + 1;
  place_end := ends[${record}];
  while place < place_end and heap[place] <> ${id} loop place := place + 3 + heap[place + 2]; end loop;
  stored := 0;
  if place < place_end and heap[place + 1] > now then stored := heap[place + 2]; end if;
  for n in 1 .. case when ${grows} then greatest(stored, ${width}) else ${width} end loop
    s[${from} + n] := case when n <= stored then heap[place + 2 + n] else 0 end;
  end loop;
  if s[${from} + 1] > now then
    s[${from} + 1] := now;
    repaired := true;
  end if;`;

/** Over the slot if it has that length; else the record moves to the end of the heap and the slot to its own end. */
const writeSlot = (record: string, id: string, expires: string, length: string, number: string) => `
  place := starts[${record}] + 1;
  place_end := ends[${record}];
  while place < place_end and heap[place] <> ${id} loop place := place + 3 + heap[place + 2]; end loop;
  if place is null or place >= place_end or heap[place + 2] <> ${length} then
    cut := case when place < place_end then place + 3 + heap[place + 2] end;
    heap := heap || 1::bigint || heap[starts[${record}] + 1 : place - 1] || heap[cut : place_end - 1] || array[${id}, 0, ${length}]::bigint[];
    starts[${record}] := heap_end + 1;
    place := cardinality(heap) - 2;
    heap_end := place + 2 + ${length};
    ends[${record}] := heap_end + 1;
  end if;
  heap[place + 1] := ${expires};
  for n in 1 .. ${length} loop heap[place + 2 + n] := ${number}; end loop;
  if is_changed[${record}] is null then
    is_changed[${record}] := true;
    changed := changed || ${record};
  end if;`;

const ownNumber =
  "case when n <= width then reply[answer + 4 + n] else tails[tail_starts[i] + n - width - 1] end";
const sharedNumber = "reply[answer + 4 + own_width + n]";
const blockNumber = "case n when 1 then block_time else block_duration end";

const load = (table: string, lock: string) => `
    for hit in
      select n.k, t.record
      from (select name, k from unnest(names) with ordinality u (name, k) order by name collate "C") n
      cross join lateral (select r.record from ${table} r where r.name = n.name ${lock}) t
    loop
      starts[hit.k] := heap_end + 1;
      heap := heap || hit.record;
      heap_end := cardinality(heap);
      ends[hit.k] := heap_end + 1;
      if hit.record[1] <> 1 then others := true; end if;
    end loop;`;

const functionBody = (one: string, steps: string, table: string) => `
#variable_conflict use_variable
declare
  reply bigint[];
begin
${one}
declare
  now bigint;
  hit record;
  heap bigint[];
  heap_end bigint := 0;
  starts bigint[];
  ends bigint[];
  guarded boolean[];
  is_changed boolean[];
  changed bigint[];
  place bigint;
  place_end bigint;
  cut bigint;
  stored bigint;
  at bigint := p[1];
  entries bigint := p[at];
  plan bigint;
  mode bigint;
  times bigint;
  consume boolean;
  block bigint;
  limits bigint;
  records bigint;
  duration bigint;
  costs bigint;
  others boolean;
  version bigint;
  block_time bigint;
  block_duration bigint;
  block_repaired boolean;
  blocked_for bigint;
  blocked boolean;
  allowed boolean;
  never boolean;
  charged boolean;
  repaired boolean;
  limited boolean;
  limit_at bigint;
  width bigint;
  own_width bigint;
  flags bigint;
  counts boolean;
  fitted boolean[];
  lives bigint[];
  tails bigint[];
  tail_starts bigint[];
  tail_ends bigint[];
  o bigint;
  s bigint[];
  cost bigint;
  counted boolean;
  fits boolean;
  wait bigint;
  remaining bigint;
  reset bigint;
  life bigint;
  answer bigint;
  length bigint;
  size bigint := 1;
  latest bigint;
  expiries bigint[];
begin
  if cardinality(creates) = 0 then${load(table, "")}
  else
    for hit in
      select k, hashtextextended(names[k], 0) as hash from unnest(creates) k
      where not exists (select from ${table} r where r.name = names[k])
      order by 2
    loop
      perform pg_advisory_xact_lock(hit.hash);
      guarded[hit.k] := true;
    end loop;${load(table, "for update")}
    -- A row that was there a moment ago has been removed, and nothing guards its name. To wait for that now, while holding
    -- rows, could be to wait in a circle: all is undone, and sent again.
    foreach place in array creates loop
      if starts[place] is null and guarded[place] is null then raise serialization_failure; end if;
    end loop;
  end if;
  now := coalesce(instant, round(extract(epoch from clock_timestamp()) * 1000000)::bigint);
  reply := array[now];

  for entry in 1 .. entries loop
    plan := p[at + 1];
    mode := p[at + 2];
    block := p[at + 3];
    limits := p[plan];
    records := p[plan + 1];
    duration := p[plan + 2];
    at := at + 3;
    costs := at + records;
    if others then
      version := heap[starts[block]];
      for n in 1 .. records loop
        if coalesce(version, 1) = 1 then version := heap[starts[p[at + n]]]; end if;
      end loop;
    end if;
    if version <> 1 then
      reply[size + 1] := 2;
      reply[size + 2] := version;
      size := size + 2;
      at := costs + limits;
      continue;
    end if;

    consume := mode = 0;
    times := case when mode < 2 then 1 else 0 end;
    loop
      repaired := false;
      blocked_for := 0;
      if starts[block] is not null then
        ${readSlot("block", "0", "0", "2", "false")}
        block_time := s[1];
        block_duration := s[2];
        blocked_for := greatest(0, block_time + block_duration - now);
      end if;
      block_repaired := repaired;
      blocked := blocked_for > 0;
      allowed := not blocked;
      never := false;
      charged := false;
      repaired := false;

      -- First every limit is charged. If the call is refused, the second pass takes back what was charged, and charges the
      -- limits that count refused calls; the third tells when the same cost fits after that.
      for pass in 1 .. 3 loop
        limit_at := plan + 3;
        answer := size + 2;
        for i in 1 .. limits loop
          o := limit_at + 8;
          width := p[limit_at + 4];
          own_width := width - p[limit_at + 5];
          flags := p[limit_at + 6];
          cost := p[costs + i] * times;
          counted := false;
          if pass > 1 then
            counts := limited and flags % 4 = 1 and cost > 0;
            counted := counts and pass = 2;
            if not counts then cost := 0; end if;
          end if;
          if pass = 1 or (pass = 2 and (counts or fitted[i])) or (pass = 3 and counts and fitted[i]) then
            if pass = 3 then
              s := reply[answer + 5 : answer + 4 + width];
              if flags >= 4 then s := s || tails[tail_starts[i] : tail_ends[i]]; end if;
            else
              if flags >= 4 then s := '{}'; end if;
              ${readSlot("p[at + p[limit_at + 2]]", "p[limit_at + 1]", "0", "own_width", "flags >= 4")}
              if own_width < width then
                ${readSlot("p[at + p[limit_at + 3]]", "p[limit_at + 1]", "own_width", "width - own_width", "false")}
              end if;
            end if;
            ${steps}
            if pass = 3 then
              reply[answer + 2] := wait;
            else
              reply[answer + 1] := fits::int;
              reply[answer + 2] := wait;
              reply[answer + 3] := remaining;
              reply[answer + 4] := reset;
              for n in 1 .. width loop reply[answer + 4 + n] := s[n]; end loop;
              lives[i] := life;
              if flags >= 4 then
                tail_starts[i] := coalesce(cardinality(tails), 0) + 1;
                tails := tails || s[width + 1 :];
                tail_ends[i] := cardinality(tails);
              end if;
              if pass = 1 then
                fitted[i] := fits;
                if fits then
                  charged := charged or cost > 0;
                elsif flags % 4 < 2 then
                  allowed := false;
                  never := never or wait = -1;
                end if;
              else
                charged := charged or counts;
              end if;
            end if;
          end if;
          answer := answer + 4 + width;
          limit_at := limit_at + 8 + p[limit_at + 7];
        end loop;
        if pass = 1 then
          limited := not allowed and not blocked and not never;
          exit when allowed;
          charged := false;
        end if;
      end loop;

      if limited and duration > 0 then
        block_time := now;
        block_duration := duration;
        blocked_for := duration;
      end if;
      reply[size + 1] := blocked::int;
      reply[size + 2] := blocked_for;
      if consume and (charged or repaired) then
        limit_at := plan + 3;
        answer := size + 2;
        for i in 1 .. limits loop
          width := p[limit_at + 4];
          own_width := width - p[limit_at + 5];
          length := own_width;
          if p[limit_at + 6] >= 4 then length := width + tail_ends[i] - tail_starts[i] + 1; end if;
          ${writeSlot("p[at + p[limit_at + 2]]", "p[limit_at + 1]", "now + lives[i]", "length", ownNumber)}
          if own_width < width then
            ${writeSlot("p[at + p[limit_at + 3]]", "p[limit_at + 1]", "now + lives[i]", "width - own_width", sharedNumber)}
          end if;
          answer := answer + 4 + width;
          limit_at := limit_at + 8 + p[limit_at + 7];
        end loop;
      end if;
      if consume and (block_repaired or (limited and duration > 0)) then
        ${writeSlot("block", "0", "block_time + block_duration", "2", blockNumber)}
      end if;
      exit when mode < 2;
      -- So many equal calls: first what they find, which is the reply; then those that fit, charged at once; then the first
      -- that does not. Those after it change nothing.
      if consume then
        times := 1;
        mode := 0;
      else
        consume := true;
        times := mode;
        limit_at := plan + 3;
        answer := size + 2;
        for i in 1 .. limits loop
          if p[costs + i] > 0 then times := least(times, reply[answer + 3] / p[costs + i]); end if;
          answer := answer + 4 + p[limit_at + 4];
          limit_at := limit_at + 8 + p[limit_at + 7];
        end loop;
        size := answer;
        if times = 0 or times = mode then
          mode := 0;
          times := greatest(times, 1);
        end if;
      end if;
    end loop;
    -- What the further turns of equal calls told is overwritten.
    if p[at - 1] < 2 then size := answer; end if;
    at := costs + limits;
  end loop;

  -- Without what has expired, each record stays where it begins in the heap, and is written by one statement for all.
  if changed is not null then
    foreach block in array changed loop
      place := starts[block] + 1;
      place_end := ends[block];
      cut := place;
      latest := 0;
      while place < place_end loop
        length := 3 + heap[place + 2];
        if heap[place + 1] > now then
          latest := greatest(latest, heap[place + 1]);
          if cut < place then
            for n in 0 .. length - 1 loop heap[cut + n] := heap[place + n]; end loop;
          end if;
          cut := cut + length;
        end if;
        place := place + length;
      end loop;
      ends[block] := cut;
      expiries[block] := latest;
    end loop;
    insert into ${table} select names[k], heap[starts[k] : ends[k] - 1], expiries[k] from unnest(changed) k where expiries[k] > 0
    on conflict (name) do update set record = excluded.record, expires_at = excluded.expires_at;
    if 0 = any (expiries) then
      delete from ${table} r where r.name in (select names[k] from unnest(changed) k where expiries[k] = 0);
    end if;
  end if;
  return reply[1 : size];
end;
end;
`;
