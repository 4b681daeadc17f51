import type { Mutation } from "./mutations.ts";

/** Faults of what is done beside deciding. */
export const sqlActMutations: readonly Mutation[] = (
  [
    ["a debt is taken for a lowered limit", "case when level > brim then - unit else unit end", "unit"],
    ["a debt is bottomless", "else 2 * brim end", "else 9 * brim end"],
    [
      "a fraction of a level is given back too",
      "case when (level + unit - 1) / unit <= - amount",
      "case when level / unit <= - amount",
    ],
    ["what is given back goes to this window", "elsif moment >= s[1] then", "elsif true then"],
    [
      "what is given back goes to the load of now",
      "passed := now / load_window - moment / load_window;",
      "passed := 0;",
    ],
    ["a refund takes the load of others back", "if charge is null then amount := - lost; end if;", ""],
    ["a hold keeps the load that the guard forgot", "if charge is null then amount", "if true then amount"],
    ["what is given back is taken from newer entries", "if entry_time <= moment then", "if true then"],
    ["more is booked than is asked for", "or wait > term", ""],
    ["what is booked tells no wait", "if turn = 2 then wait := slot; end if;", ""],
    [
      "what is booked is free",
      "s[2] := level;\n    s[3] := case when level > p[o]",
      "s[3] := case when level > p[o]",
    ],
    [
      "a refused booking tells of a slot",
      "if pass = 2 and has_booked[i] then cost := p[costs + i]; end if;",
      "",
    ],
    ["a refused booking is counted", "limited := false;", ""],
    ["a dry run refuses a booking", "or flags % 4 > 1", ""],
    [
      "a slot in between is given back",
      "is_last := is_last and reset = greatest(0, p[costs + limits + i] - now);",
      "",
    ],
    ["a refund frees who runs", "case when flags < 8 then - p[costs + i] else 0 end", "- p[costs + i]"],
    ["a slot is never given back", "(act = 3 and round = 2)", "false"],
    ["a hold outlives a reset", "held[4] = epochs[1] and", ""],
    ["a hold of other limits is settled", "and cardinality(held) = 4 + 2 * limits", ""],
    ["a hold is settled twice", "held[3] := 2;", "null;"],
    ["a hold that was given back for good is remembered", "if term = 1 then held_until := 0; end if;", ""],
    ["every settled hold is forgotten", "if term = 1 then", "if true then"],
    ["a hold is settled as of now", "moment := held[1];", ""],
    ["what has drained is given back", "charge := held[4 + i];", ""],
    [
      "what others give back is counted for the first",
      "most_freed[p[limit_at + 2]] := ",
      "most_freed[1] := ",
    ],
    ["a hold is renewed for nothing", "held[2] := now;\n      held_until := now + term;", "held[2] := now;"],
    ["a lease is settled for its cost", "act = 5 and flags < 8", "act = 5"],
    ["a lease is renewed as of before", "held[2] := now;", "null;"],
    ["a dry run is settled", "case when fitted[i] then p[costs + i] else 0 end", "p[costs + i]"],
    [
      "a dry run that was not charged is settled",
      "if flags % 4 > 1 and held[4 + i] = 0 then amount := 0; end if;",
      "",
    ],
    ["an epoch ends with its first hold", "greatest(epoch_until[subject], held_until)", "held_until"],
    ["a reserved call that is repeated is charged", "act = 4 and status = 0;", "act = 4;"],
    ["a repaired time is not written", "(reserves and repaired)", "false"],
    ["a blocked key reserves", "(reserves and allowed)", "reserves"],
    ["an act is refused while the key is blocked", "allowed := allowed or act <> 2;", ""],
  ] as const
).map(([fault, find, replace]) => ({ fault: `acting, ${fault}`, find, replace, focus: "acts" }));

/** Faults in what a hold of a bucket can give back. */
export const sqlHoldMutations: readonly Mutation[] = (
  [
    ["a charge does not drain", "then 0 else alone - ticks * rate end", "then 0 else alone end"],
    ["what came before a charge does not drain", "- greatest(0, now - moment)", ""],
    [
      "what came before a charge was never given back",
      "held[4 + limits + i] - given[p[limit_at + 2]]",
      "held[4 + limits + i]",
    ],
    ["what is given back is forgotten", "given[subject] + most_freed[subject]", "given[subject]"],
    ["the last tick drains as the others", "remains / tick - 1", "remains / tick"],
  ] as const
).map(([fault, find, replace]) => ({ fault: `holding, ${fault}`, find, replace, focus: "holds" }));
