import { lockRecords, readSlot, writeRecords, writeSlot } from "./slotsSql.ts";

const ownNumber =
  "case when n <= width then reply[answer + 4 + n] else tails[tail_starts[i] + n - width - 1] end";
const sharedNumber = "reply[answer + 4 + own_width + n]";
const blockNumber = "case n when 1 then block_time else block_duration end";

/**
 * The general way, for any number of calls: it mirrors `decide.ts`, with the same names. Calls take their locks in one
 * order: first those of records that are not there yet, by advisory lock, then the rows.
 * @param one the short way, before it
 */
export const decideManySql = (one: string, steps: string, table: string): string => `
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
${lockRecords(table)}  now := coalesce(instant, round(extract(epoch from clock_timestamp()) * 1000000)::bigint);
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

${writeRecords(table)}  return reply[1 : size];
end;
end;
`;
