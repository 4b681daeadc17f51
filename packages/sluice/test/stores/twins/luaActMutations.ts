import type { Mutation } from "./mutations.ts";

/** Faults of what is done beside deciding. */
export const luaActMutations: readonly Mutation[] = (
  [
    ["a debt is capped as a level is", "elseif level > 0 and kept ~= -unit then", "elseif level > 0 then"],
    ["a debt is taken for a level", "level > full and -unit or unit", "unit"],
    ["a debt has no bottom", "if owed > deepest then owed = deepest end", ""],
    ["a booked slot is not charged", "level + cost * unit)\n  return true", "level)\n  return true"],
    ["a slot is booked beyond what may be waited for", "or waited > most", ""],
    ["a booked slot is told to be free", "reply[size + replyAt[i] + 2] = waited", ""],
    ["what is refused is booked", "if allowed then\n    if charged", "if true then\n    if charged"],
    ["any slot is the last", "~= math.max(0, program[ends + i] - now)", "< 0"],
    [
      "a limit that is full again has no last slot",
      "math.max(0, program[ends + i] - now)",
      "program[ends + i] - now",
    ],
    ["a refund frees who runs", "if not isLease(i) then adjust", "if true then adjust"],
    ["a refund is charged", "adjust(i, -program[costs + i], now)", "adjust(i, program[costs + i], now)"],
    ["what changed is not saved", "if repaired then save() end", ""],
    ["an expired hold is settled", "and hold[3] > now", ""],
    ["what was reserved before a reset is settled", "and hold[8] == epoch", ""],
    ["what was reserved is settled twice", "keep(2)", "keep(1)"],
    ["what was given back for good is remembered", "if time == 1 then ttlEnd = 0 end", ""],
    ["whatever was settled is forgotten", "if time == 1 then", "if true then"],
    ["an id charges again", "does == RESERVE and status == 0", "does == RESERVE"],
    ["every id begins an epoch", "if epoch == 0 then epoch = nonce end", "epoch = nonce"],
    [
      "an epoch ends with a shorter hold",
      "if ttlEnd > untils[s] then untils[s] = ttlEnd end",
      "untils[s] = ttlEnd",
    ],
    ["a dry run is given back", "fits[i] and program[costs + i] or 0", "program[costs + i]"],
    ["what it cost is ignored", "adjust(i, amount, chargedAt, held[i], left)", ""],
    ["it is given back to the window of now", "amount, chargedAt, held[i]", "amount, now, held[i]"],
    ["what has drained is given back", "chargedAt, held[i], left)", "chargedAt)"],
    [
      "what others give back is counted for the first",
      "local s = subjectOf(i)\n    if back",
      "local s = 1\n    if back",
    ],
    ["a dry run that was not charged is settled", "held[i] > 0 or not isDryRun(i)", "true"],
    ["a lease is settled as a cost", "if isLease(i) then adjust", "if false then adjust"],
    ["a lease is not renewed", "adjust(i, leased, now)", ""],
    ["a renewed hold ends as before", "renewed, ttlEnd = now, now + time", "renewed = now"],
    ["the newest entries are kept", "if cost > kept then cost = kept end", ""],
    ["what came later is taken", "while s[n] and time <= at do", "while s[n] do"],
    ["a window is not charged what it cost beyond", "(amount < limit and amount or limit)", "0"],
    [
      "the window before gets nothing back",
      "elseif sliding == 1 and at >= s[1] - window then",
      "elseif false then",
    ],
    [
      "the guard gets nothing back",
      "local lost = giveBack(s, 4, window, -amount, now, at)",
      "local lost = -amount",
    ],
    ["the sensor gets nothing back", "giveBack(s, 7, loadWindow, held and -amount or lost, now, at)", ""],
    ["a refund takes the load of others back", "held and -amount or lost", "-amount"],
    ["a hold keeps the load that the guard forgot", "held and -amount or lost", "lost"],
    ["a lifted block is told", "time > 0 and 1 or 0, time", "1, time"],
    ["a block is not written", "writeSlot(block, 0, blockState[1] + time, blockState, 0, 2)", ""],
  ] as const
).map(([fault, find, replace]) => ({ fault: `acts, ${fault}`, find, replace, focus: "acts" }));

/** Faults in what a hold of a bucket can give back. */
export const luaHoldMutations: readonly Mutation[] = (
  [
    ["a charge does not drain", "if at < now then alone", "if false then alone"],
    ["what came before a charge does not drain", "math.max(0, now - chargedAt)", "0"],
    ["what came before a charge was never given back", "- given[subjectOf(i)] - passed", "- passed"],
    ["what is given back is forgotten", "given[s] + (freed[s] or 0)", "given[s]"],
    [
      "the last tick drains as the others",
      "(floorDivide(left, tick) - 1) * rate",
      "floorDivide(left, tick) * rate",
    ],
  ] as const
).map(([fault, find, replace]) => ({ fault: `holds, ${fault}`, find, replace, focus: "holds" }));
