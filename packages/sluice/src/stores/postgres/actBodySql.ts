import { EPOCH_SLOT, HOLD_SLOT } from "../record.ts";
import { CALL_VARIABLES, decideCall, saveBlock, saveStates } from "./decideCallSql.ts";
import { lockRecords, readNumbers, writeRecords, writeSlot } from "./slotsSql.ts";

/** The steps of all machines, each chosen by the number of a limit, as text of PL/pgSQL. */
export interface Steps {
  readonly steps: string;
  readonly adjusts: string;
  readonly books: string;
}

const recordAt = (number: string) => `1 + ${number}`;

/**
 * Does an act: it mirrors `act.ts`, with the same names, over the text that decides. Its program is that of `encodeAct`.
 * Acts: 1 refund, 2 book, 3 unbook, 4 reserve, 5 settle, 6 renew, 7 block.
 */
export const actBodySql = (all: Steps, table: string): string => `
#variable_conflict use_variable
declare
  reply bigint[];${CALL_VARIABLES}
  at bigint := p[1];
  act bigint := p[at];
  term bigint := p[at + 1];
  plan bigint := 2;
  limits bigint := p[2];
  duration bigint := p[4];
  costs bigint := at + 2;
  block bigint := 1;
  creates bigint[] := array(select k from generate_series(2, cardinality(names)) k);
  times bigint := 0;
  hold bigint := cardinality(names);
  held bigint[];
  held_until bigint;
  epochs bigint[];
  epoch_until bigint[];
  status bigint := 0;
  reserves boolean;
  adjusts boolean;
  is_last boolean;
  turn bigint;
  booked boolean;
  has_booked boolean[];
  slot bigint;
  amount bigint;
  moment bigint;
  charge bigint;
  remains bigint;
  stood bigint[];
  given bigint[];
  freed bigint;
  most_freed bigint[];
  subjects bigint := 0;
begin
  if act = 7 or (act = 4 and duration > 0) then creates := block || creates; end if;
${lockRecords(table)}  now := coalesce(instant, round(extract(epoch from clock_timestamp()) * 1000000)::bigint);
  if others then
    foreach place in array starts loop
      if heap[place] <> 1 then return array[now, 2, heap[place]]; end if;
    end loop;
  end if;
  if act between 4 and 6 then
    ${readHold}
  end if;
  reserves := act = 4 and status = 0;
  if reserves or act = 2 then times := 1; end if;
  reply := array[now];

  -- A slot is given back in a second round, when the first has told that it is the last.
  for round in 1 .. 2 loop
    is_last := act = 3 and round = 1;
    adjusts := act = 1 or (act = 3 and round = 2) or (act in (5, 6) and status = 1);
    ${decideCall(actOnLimit(all), recordAt, judged)}
    exit when not is_last;
  end loop;

  if charged or (reserves and repaired) then${saveStates(recordAt)}
  end if;
  if act = 7 then
    block_time := case when term > 0 then now else 0 end;
    block_duration := term;
    blocked_for := term;
    blocked := term > 0;
  end if;
  if act = 7 or (reserves and (block_repaired or (limited and duration > 0))) then${saveBlock}
  end if;
  if (reserves and allowed) or (act in (5, 6) and status = 1) then
    ${keepHold}
  end if;

${writeRecords(table)}  return array[now, blocked::int, blocked_for, allowed::int, status] || reply[4 : answer];
end;
`;

/** What is no longer of the epoch of its key, or of other limits, equals nothing. */
const readHold = `
    s := '{}';
    ${readNumbers("hold", `${HOLD_SLOT}`, "0", "4", "true")}
    held := s;
    held_until := heap[place + 1];
    limit_at := plan + 3;
    for i in 1 .. limits loop
      subjects := greatest(subjects, p[limit_at + 2]);
      limit_at := limit_at + 8 + p[limit_at + 7];
    end loop;
    for subject in 1 .. subjects loop
      ${readNumbers("1 + subject", `${EPOCH_SLOT}`, "0", "3", "false")}
      epochs[subject] := s[2];
      given[subject] := s[3];
      most_freed[subject] := 0;
      epoch_until[subject] := case when stored > 0 then heap[place + 1] else 0 end;
    end loop;
    if held[4] = epochs[1] and cardinality(held) = 4 + 2 * limits then status := held[3]; end if;`;

/** A hold is `[at, renewed, status, epoch, ...costs, ...stands]`. */
const keepHold = `
    if reserves then
      if epochs[1] = 0 then epochs[1] := p[at + 2]; end if;
      held := array[now, now, 1, epochs[1]];
      held_until := now + term;
      -- A dry run that was not charged has nothing to settle.
      for i in 1 .. limits loop held[4 + i] := case when fitted[i] then p[costs + i] else 0 end; end loop;
      held := held || stood;
    elsif act = 5 then
      held[3] := 2;
      if term = 1 then held_until := 0; end if;
    else
      held[2] := now;
      held_until := now + term;
    end if;
    for subject in 1 .. subjects loop
      given[subject] := least(2251799813685248, given[subject] + most_freed[subject]);
      epoch_until[subject] := greatest(epoch_until[subject], held_until);
      ${writeSlot("1 + subject", `${EPOCH_SLOT}`, "epoch_until[subject]", "3", "case n when 1 then 0 when 2 then epochs[subject] else given[subject] end")}
    end loop;
    ${writeSlot("hold", `${HOLD_SLOT}`, "held_until", "4 + 2 * limits", "held[n]")}`;

/** Only what is reserved or booked can be refused, and a refused booking is no attempt that counts. */
const judged = `
      if not reserves then
        limited := false;
        allowed := allowed or act <> 2;
      end if;`;

/** In the place of a step: one after each change. */
const actOnLimit = ({ steps, adjusts, books }: Steps) => `
        if pass = 2 and has_booked[i] then cost := p[costs + i]; end if;
        turn := 0;
        loop
          ${steps}
          if reserves then stood[i] := reset + given[p[limit_at + 2]]; end if;
          exit when pass > 1 or reserves;
          turn := turn + 1;
          if act = 2 then
            -- The wait is that for the slot.
            if turn = 2 then wait := slot; end if;
            exit when turn = 2 or fits or flags % 4 > 1 or wait = -1 or wait > term;
            booked := false;
            ${books}
            exit when not booked;
            has_booked[i] := true;
            slot := wait;
            charged := true;
            cost := 0;
          else
            is_last := is_last and reset = greatest(0, p[costs + limits + i] - now);
            exit when not adjusts or turn > 2 or (turn = 2 and act <> 6);
            amount := case when flags < 8 then - p[costs + i] else 0 end;
            moment := now;
            charge := null;
            if act = 5 and flags < 8 then
              amount := p[costs + i] - held[4 + i];
              if flags % 4 > 1 and held[4 + i] = 0 then amount := 0; end if;
              moment := held[1];
              charge := held[4 + i];
              remains := held[4 + limits + i] - given[p[limit_at + 2]] - greatest(0, now - moment);
            elsif act = 5 or (act = 6 and turn = 1) then
              amount := case when flags < 8 then 0 else - held[4 + i] end;
              moment := held[2];
            elsif act = 6 then
              amount := case when flags < 8 then 0 else held[4 + i] end;
            end if;
            if amount <> 0 then
              freed := 0;
              ${adjusts}
              most_freed[p[limit_at + 2]] := greatest(most_freed[p[limit_at + 2]], freed);
              charged := true;
            end if;
          end if;
        end loop;`;
