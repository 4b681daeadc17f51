import { readSlot, writeSlot } from "./slotsSql.ts";

/** What the text of this file works with, beside `plan`, `limits`, `block`, `duration`, `costs` and `times`. */
export const CALL_VARIABLES = `
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
  others boolean;
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
  expiries bigint[];`;

const ownNumber =
  "case when n <= width then reply[answer + 4 + n] else tails[tail_starts[i] + n - width - 1] end";
const sharedNumber = "reply[answer + 4 + own_width + n]";
const blockNumber = "case n when 1 then block_time else block_duration end";

/** Where a record of states stands among the names, by its number in the plan. */
export type RecordAt = (number: string) => string;

/**
 * Decides one call over the limits of its plan, and tells it from `size` on: the twin of `decide.ts`, with the same names.
 * @param judged is done when all limits were charged, before what does not fit is taken back
 */
export const decideCall = (steps: string, recordAt: RecordAt, judged: string = ""): string => `
  repaired := false;
  blocked_for := 0;
  if starts[block] is not null then
    ${readSlot("block", "0", "0", "2", "false", "true")}
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
          if flags % 8 >= 4 then s := s || tails[tail_starts[i] : tail_ends[i]]; end if;
        else
          if flags % 8 >= 4 then s := '{}'; end if;
          ${readSlot(recordAt("p[limit_at + 2]"), "p[limit_at + 1]", "0", "own_width", "flags % 8 >= 4", "own_width = width")}
          if own_width < width then
            ${readSlot(recordAt("p[limit_at + 3]"), "p[limit_at + 1]", "own_width", "width - own_width", "false", "false")}
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
          if flags % 8 >= 4 then
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
      limited := not allowed and not blocked and not never;${judged}
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
  reply[size + 2] := blocked_for;`;

/** Writes the states of all limits as they were decided. */
export const saveStates = (recordAt: RecordAt): string => `
  limit_at := plan + 3;
  answer := size + 2;
  for i in 1 .. limits loop
    width := p[limit_at + 4];
    own_width := width - p[limit_at + 5];
    length := own_width;
    if p[limit_at + 6] % 8 >= 4 then length := width + tail_ends[i] - tail_starts[i] + 1; end if;
    ${writeSlot(recordAt("p[limit_at + 2]"), "p[limit_at + 1]", "now + lives[i]", "length", ownNumber)}
    if own_width < width then
      ${writeSlot(recordAt("p[limit_at + 3]"), "p[limit_at + 1]", "now + lives[i]", "width - own_width", sharedNumber)}
    end if;
    answer := answer + 4 + width;
    limit_at := limit_at + 8 + p[limit_at + 7];
  end loop;`;

export const saveBlock: string = writeSlot("block", "0", "block_time + block_duration", "2", blockNumber);
