import type { Focus } from "./runRound.ts";

/** A fault that somebody could make. */
export interface Mutation {
  readonly fault: string;
  /** Stands in the text at least once. */
  readonly find: string;
  readonly replace: string;
  /** Rounds that are mostly about what can meet it, or the histories of holds; default all kinds of rounds. */
  readonly focus?: Focus | "holds";
}

export const luaMutations: readonly Mutation[] = [
  {
    fault: "a fraction of a kept level is forgiven",
    find: "ceilDivide(level, s[3])",
    replace: "floorDivide(level, s[3])",
  },
  { fault: "a refused call is not counted", find: "if level < full then level = full end", replace: "" },
  {
    fault: "the window before weighs less",
    find: "return ceilDivide(previous",
    replace: "return floorDivide(previous",
  },
  {
    fault: "the window before counts more than a limit that was lowered",
    find: "if previous > limit then previous = limit end\n  return",
    replace: "return",
  },
  {
    fault: "this window counts more than a limit that was lowered",
    find: "if current > limit then current = limit end",
    replace: "",
  },
  {
    fault: "a lowered limit forgets what was used beyond it",
    find: "local room = limit - s[2] - previous",
    replace: "s[2] = math.min(s[2], limit)\n  local room = limit - s[2] - previous",
  },
  {
    fault: "what is refused makes a lowered limit forget",
    find: "math.max(s[2], math.min(limit, s[2] + cost))",
    replace: "math.min(limit, s[2] + cost)",
  },
  {
    fault: "what is refused makes the log of a lowered limit forget",
    find: "local most = s[2] > limit and s[2] or limit",
    replace: "local most = limit",
  },
  { fault: "the guard of a lowered limit forgets", find: "if s[4] < cap then\n", replace: "if true then\n" },
  { fault: "the last unit is not given", find: "cost <= room or", replace: "cost < room or" },
  { fault: "a dry run counts refused calls", find: "flags % 4 == 1", replace: "flags % 2 == 1" },
  { fault: "what can never pass starts a block", find: "and not never", replace: "" },
  {
    fault: "a repaired time is not written",
    find: "if charged or repaired then",
    replace: "if charged then",
  },
  { fault: "a time is not repaired", find: "if isMoved then state[from + 1] = now end", replace: "" },
  {
    fault: "what is shared does not tell that the clock stepped back",
    find: "if isMoved then state[from + 1] = now end",
    replace: "state[from + 1] = now",
  },
  {
    fault: "an own sensor does not tell that the clock stepped back",
    find: "s[1] >= now and s[6] > s[1] and s[6] or s[1]",
    replace: "s[1]",
  },
  {
    fault: "the guard of a key is rolled by the load of others",
    find: "s[1] >= now and s[6] > s[1] and s[6] or s[1]",
    replace: "s[6] > s[1] and s[6] or s[1]",
  },
  {
    fault: "a level rises when the clock steps back",
    find: "if s[1] < now then level = level -",
    replace: "if true then level = level -",
  },
  { fault: "a block is not seen", find: "local blocked = blockedFor > 0", replace: "local blocked = false" },
  { fault: "a peek writes", find: "if not consume then return allowed end", replace: "" },
  { fault: "expired slots are kept", find: "if expires > now then", replace: "if true then" },
  { fault: "expired slots are read", find: "and record[at + 1] > now then", replace: "then" },
  { fault: "a refused call keeps its charges", find: "step(i, 0, false)", replace: "" },
  { fault: "the wait is that before the charge", find: "reply[size + replyAt[i] + 2] = wait", replace: "" },
  { fault: "a log keeps an entry too long", find: "s[3] >= window do", replace: "s[3] > window do" },
  { fault: "a log forgets the gap", find: "s[3] = s[3] + gap", replace: "" },
  {
    fault: "stepping back over an edge forgives",
    find: "math.min(s[2] + s[3], ",
    replace: "math.min(s[2], ",
  },
  { fault: "the load is not sensed", find: "s[7] = s[7] + cost", replace: "" },
  {
    fault: "what another limit refused is load",
    find: "if not counted then sense(s, cost) end",
    replace: "sense(s, cost)",
  },
  {
    fault: "what is refused is load",
    find: "if counted then charge(s, cost) end\n    wait = untilFits",
    replace: "if counted then charge(s, cost) sense(s, cost) end\n    wait = untilFits",
  },
  { fault: "what all keys share is kept by each", find: "if sharedWidth > 0 then", replace: "if false then" },
  {
    fault: "of equal calls one too many is charged",
    find: "floorDivide(reply[size + replyAt[i] + 3], cost)",
    replace: "floorDivide(reply[size + replyAt[i] + 3], cost) + 1",
  },
  {
    fault: "of equal calls those that fit the first limit are charged",
    find: "floorDivide(reply[size + replyAt[i] + 3], cost)",
    replace: "floorDivide(reply[size + replyAt[1] + 3], cost)",
  },
  { fault: "of equal calls none is charged", find: "if fitting > 0 then", replace: "if false then" },
  { fault: "of equal calls none is refused", find: "if fitting < equal then", replace: "if false then" },
  { fault: "of equal calls one is charged", find: "times = fitting", replace: "times = 1" },
  {
    fault: "the refused one of equal calls is free",
    find: "times = 1\n    decide(true)",
    replace: "times = 0\n    decide(true)",
  },
  { fault: "equal calls are told what they left", find: "  reply = {}\n", replace: "" },
  { fault: "equal calls are told of a call of cost 1", find: "times = 0\n", replace: "times = 1\n" },
  { fault: "in a batch, the other entries are dropped", find: "program[costs - 5] == 1", replace: "true" },
  ...alone([
    ["a block is not seen", "and not packed[1] then", "then"],
    ["a block is not started", "and program[4] == 0", ""],
    ["a peek writes", "and program[costs - 3] == 0", ""],
    ["other slots are lost", "(not kept or #kept < at)", "true"],
    ["another slot is taken for its own", "kept[at] == id and", ""],
    ["a time is not repaired", "and kept[at + 3] <= now", ""],
    ["expired slots are read", "= { 0, 0, 0 }, kept and kept[at + 1] > now", "= { 0, 0, 0 }, kept"],
    ["a refused call keeps its charges", "isPlain = limits == 1 or fits", "isPlain = true"],
    ["a refused call is not counted", "and program[o + 6] == 0", ""],
  ]),
];

export const sqlMutations: readonly Mutation[] = [
  {
    fault: "a fraction of a kept level is forgiven",
    find: "(level + kept - 1) / kept",
    replace: "level / kept",
  },
  { fault: "a refused call is not counted", find: "level := greatest(level, brim);", replace: "" },
  {
    fault: "the window before weighs less",
    find: "/ tick) + ticks - 1) / ticks",
    replace: "/ tick)) / ticks",
  },
  {
    fault: "the window before counts more than a limit that was lowered",
    find: "counts := least(previous, most)",
    replace: "counts := previous",
  },
  {
    fault: "this window counts more than a limit that was lowered",
    find: "ticks / least(current, most)",
    replace: "ticks / current",
  },
  {
    fault: "a lowered limit forgets what was used beyond it",
    find: "counts := least(previous, most)",
    replace: "current := least(current, most);\n  counts := least(previous, most)",
  },
  {
    fault: "what is refused makes a lowered limit forget",
    find: "greatest(current, least(most, current + cost))",
    replace: "least(most, current + cost)",
  },
  {
    fault: "what is refused makes the log of a lowered limit forget",
    find: "kept := greatest(most, used)",
    replace: "kept := most",
  },
  {
    fault: "the guard of a lowered limit forgets",
    find: "greatest(s[4], least(cap, s[4] + cost))",
    replace: "least(cap, s[4] + cost)",
  },
  { fault: "the last unit is not given", find: "cost <= most - current", replace: "cost < most - current" },
  { fault: "a dry run counts refused calls", find: "flags % 4 = 1", replace: "flags % 2 = 1" },
  { fault: "what can never pass starts a block", find: "and not never", replace: "" },
  { fault: "a repaired time is not written", find: "(charged or repaired)", replace: "charged" },
  { fault: "a time is not repaired", find: "s[0 + 1] := now;", replace: "null;" },
  {
    fault: "what is shared does not tell that the clock stepped back",
    find: "if own_width = width then s[0 + 1]",
    replace: "if true then s[0 + 1]",
  },
  {
    fault: "an own sensor does not tell that the clock stepped back",
    find: "else greatest(s[1], s[6]) end",
    replace: "else s[1] end",
  },
  {
    fault: "the guard of a key is rolled by the load of others",
    find: "case when s[1] < now then s[1] else greatest(s[1], s[6]) end",
    replace: "greatest(s[1], s[6])",
  },
  {
    fault: "a level rises when the clock steps back",
    find: "greatest(0, now / tick - s[1] / tick)",
    replace: "now / tick - s[1] / tick",
  },
  { fault: "a block is not seen", find: "blocked := blocked_for > 0", replace: "blocked := false" },
  { fault: "a peek writes", find: "consume := mode = 0;", replace: "consume := mode < 2;" },
  { fault: "expired slots are kept", find: "if heap[place + 1] > now then\n", replace: "if true then\n" },
  {
    fault: "expired slots are read",
    find: "place < place_end and heap[place + 1] > now",
    replace: "place < place_end",
  },
  {
    fault: "the wait is that before the charge",
    find: "reply[answer + 2] := wait;\n        else",
    replace: "null;\n        else",
  },
  {
    fault: "an idle time overflows",
    find: "if ticks > level / rate then level := 0; else",
    replace: "if false then else",
  },
  {
    fault: "a log keeps an entry too long",
    find: "began + span >= period",
    replace: "began + span > period",
  },
  { fault: "a log forgets the gap", find: "span := span + now - began;", replace: "" },
  {
    fault: "the load is not sensed",
    find: "least(4503599627370496, s[7] + cost)",
    replace: "least(4503599627370496, s[7])",
  },
  { fault: "what is refused is load", find: "if not counted then s[7]", replace: "if true then s[7]" },
  {
    fault: "what all keys share is kept by each",
    find: "if own_width < width then",
    replace: "if false then",
  },
  {
    fault: "of equal calls one too many is charged",
    find: "reply[answer + 3] / p[costs + i])",
    replace: "reply[answer + 3] / p[costs + i] + 1)",
  },
  {
    fault: "of equal calls those that fit the first limit are charged",
    find: "reply[answer + 3] / p[costs + i])",
    replace: "reply[size + 5] / p[costs + i])",
  },
  {
    fault: "of equal calls none is charged",
    find: "if times = 0 or times = mode then",
    replace: "times := 0;\n        if true then",
  },
  {
    fault: "of equal calls none is refused",
    find: "if times = 0 or times = mode then",
    replace: "if true then",
  },
  {
    fault: "of equal calls one is charged",
    find: "times := greatest(times, 1)",
    replace: "times := 1",
  },
  {
    fault: "the refused one of equal calls is free",
    find: "times := 1;\n        mode := 0",
    replace: "times := 0;\n        mode := 0",
  },
  { fault: "equal calls are told what they left", find: "size := answer;\n        if", replace: "if" },
  {
    fault: "equal calls are told of a call of cost 1",
    find: "case when mode < 2 then 1 else 0 end",
    replace: "1",
  },
  { fault: "in a batch, the second plan is taken for an entry", find: "p[1] = 17", replace: "true" },
  ...alone([
    [
      "a fraction of what has drained is given",
      "(moment - r.record[5] / tick",
      "(moment - r.record[5] / tick + 1",
    ],
    ["what idles for long is not forgotten", "case when r.expires_at > now then", "case when true then"],
    ["another unit is taken for its own", "r.record[7] = unit and", ""],
    ["a debt is forgiven", "r.record[7] = unit and", "abs(r.record[7]) = unit and"],
    ["the last unit is not given", "+ cost * unit <= brim", "+ cost * unit < brim"],
    ["a part of a unit remains", "(brim - r.record[6]) / unit", "(brim - r.record[6] + unit - 1) / unit"],
    ["a wait is a tick short", "+ cost * unit - brim + rate - 1", "+ cost * unit - brim"],
    ["the window before weighs less", "(ticks - elapsed) + ticks - 1)", "(ticks - elapsed))"],
    ["a lowered limit is not held", ", most)) * tick", ", 9007199254740991)) * tick"],
    ["a time is not repaired", "and r.record[5] <= start and", "and"],
    ["a block is not seen", "b.name = names[1]", "b.name = ''"],
    ["other slots are lost", "and cardinality(r.record) = 7", ""],
    ["another slot is taken for its own", "r.record[2] = p[6] and", ""],
    ["a block is not started", "case when p[4] = 0 and", "case when"],
    ["a peek writes", "p[19] = 0", "true"],
    ["a refused call is not counted", "and p[11] = 0", ""],
    [
      "what a row forgets later stays",
      "expires_at = start + width + width * sliding",
      "expires_at = start + width",
    ],
  ]),
  ...inSets([
    ["the last unit is not given", "+ cost * unit <= brim", "+ cost * unit < brim"],
    ["the window before weighs less", "(ticks - elapsed) + ticks - 1)", "(ticks - elapsed))"],
    ["what idles for long is not forgotten", "case when s.expires > now", "case when s.expires > 0"],
    ["another unit is taken for its own", "s.number3 = unit and", ""],
    ["a time in a bucket is not repaired", "and s.number1 <= now", ""],
    ["a time in a window is not repaired", "or s.number1 <= start", "or true"],
    ["what is left to the general way is left out", "decided < entries", "false"],
    ["a block is not seen", "is null as is_unblocked", "is null or true as is_unblocked"],
    ["a block is not started", "p[4] = 0 and (p[17] > 1", "(p[17] > 1"],
    ["other slots are lost", "and cardinality(r.record) = 7 as is_ours", "as is_ours"],
    [
      "another slot is taken for its own",
      "r.record[2] = p[6] and cardinality(r.record) = 7 as",
      "cardinality(r.record) = 7 as",
    ],
    ["a peek writes", "e.mode <> 1 and", ""],
    ["what can never pass has a wait", "e.cost between 1 and p[13]", "e.cost >= 1"],
    ["a call of cost 0 is refused", "e.cost between 1 and p[13]", "e.cost <= p[13]"],
    ["two calls of a key find the same", "and cardinality(names) = 2 * p[17]", ""],
    ["the answers are those of other keys", "order by s.n)", "order by s.name)"],
    ["a row is not made", "s.fits and s.place is null", "false"],
    [
      "a row expires with the first",
      "expires_at = s.expires from",
      "expires_at = (select min(expires) from charged) from",
    ],
    ["of equal calls all are charged", "least(s.mode,", "greatest(s.mode,"],
    [
      "of equal calls one is charged",
      "case when s.mode = 0 then 1 else least(s.mode,",
      "case when true then 1 else least(s.mode,",
    ],
    ["equal calls are told what they left", "case when s.fits and s.mode = 0", "case when s.fits"],
  ]),
];

type Fault = readonly [fault: string, find: string, replace: string];

/** Faults of the short ways of calls that come alone. */
function alone(faults: readonly Fault[]): Mutation[] {
  return faults.map(([fault, find, replace]) => ({
    fault: `alone, ${fault}`,
    find,
    replace,
    focus: "alone",
  }));
}

/** Faults of the short way of batches. */
function inSets(faults: readonly Fault[]): Mutation[] {
  return faults.map(([fault, find, replace]) => ({
    fault: `in a set, ${fault}`,
    find,
    replace,
    focus: "sets",
  }));
}
