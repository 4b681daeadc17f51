import { CALL_VARIABLES, decideCall, saveBlock, saveStates } from "./decideCallSql.ts";
import { lockRecords, writeRecords } from "./slotsSql.ts";

const recordAt = (number: string) => `p[at + ${number}]`;

/**
 * The general way, for any number of calls: it mirrors `decide.ts`, with the same names. Calls take their locks in one
 * order: first those of records that are not there yet, by advisory lock, then the rows.
 * @param short ways, before it
 */
export const decideManySql = (short: string, steps: string, table: string): string => `
#variable_conflict use_variable
declare
  reply bigint[];
begin
${short}
declare${CALL_VARIABLES}
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
  version bigint;
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
      ${decideCall(steps, recordAt)}
      if consume and (charged or repaired) then${saveStates(recordAt)}
      end if;
      if consume and (block_repaired or (limited and duration > 0)) then${saveBlock}
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
