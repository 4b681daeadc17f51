import type { Twin } from "../../algorithms/Twin.ts";
import { DECIDE_ALONE } from "./decideAloneLua.ts";
import { DECIDE } from "./decideCallLua.ts";
import { DIVIDE, READ_CALL } from "./openingLua.ts";
import { RECORDS, SAVE_CHANGED } from "./recordsLua.ts";
import { stepOfLua } from "./stepOfLua.ts";

/**
 * The script that decides calls in Redis and Valkey: the wrapper around the twins, whose numbers are their places in
 * the list. KEYS are the names of the records, ARGV[1] is the program (`encodeCalls`) as JSON. ARGV[2], for tests, is the
 * instant in microseconds; records then outlive it by an hour of the server's time.
 *
 * Frozen: docs/decisions/0001. It mirrors `decide.ts`, with the same names. A script is run from its first line at every
 * call, so each function that is made costs: a step is made when it is needed.
 */
export function decideLua(twins: readonly Twin[]): string {
  const stepOf = stepOfLua(twins.map(({ lua }) => `${lua}made = step`));
  return [
    DIVIDE,
    stepOf,
    READ_CALL,
    DECIDE_ALONE,
    RECORDS,
    DECIDE,
    FUNCTIONS,
    "repeat",
    ENTRIES,
    DECIDE_AGAIN,
    SAVE_CHANGED,
  ].join("");
}

const FUNCTIONS = `
-- So many equal calls: first what they find, which is the reply; then those that fit, charged at once; then the first
-- that does not. Those after it change nothing.
local function decideAll(equal)
  times = 0
  decide(false)
  local fitting = equal
  for i = 1, limits do
    local cost = program[costs + i]
    if cost > 0 then fitting = math.min(fitting, floorDivide(reply[size + replyAt[i] + 3], cost)) end
  end
  local found = reply
  reply = {}
  if fitting > 0 then
    times = fitting
    decide(true)
  end
  if fitting < equal then
    times = 1
    decide(true)
  end
  reply = found
end
`;

/** One entry after the other, at one instant. */
const ENTRIES = `
local at = program[1]
local entries, known, count, length = program[at]
at = at + 1
for _ = 1, entries do
  local plan, mode = program[at], program[at + 1]
  if plan ~= known then
    known, limits, count, duration = plan, program[plan], program[plan + 1], program[plan + 2]
    local o = plan + 3
    length = 2
    for i = 1, limits do
      limitAt[i], replyAt[i] = o, length
      length = length + 4 + program[o + 4]
      o = o + 8 + program[o + 7]
    end
  end
  block = program[at + 2]
  states = at + 2
  costs = states + count
  at = costs + limits + 1
  local version = 1
  for n = 0, count do
    local k = program[states + n]
    if version == 1 and packed[k] then version = recordOf(k)[1] end
  end
  if version ~= 1 then
    reply[size + 1], reply[size + 2] = 2, version
    size = size + 2
  else
    times = 1
    if mode > 1 then decideAll(mode) else decide(mode == 0) end
    size = size + length
  end
end
`;

/** To MGET a key of another type is not there, and GET refuses it: then all begins anew, as nothing is written yet. */
const DECIDE_AGAIN = `
local isAgain = false
for i = 1, #changed do
  local k = changed[i]
  local refused = not packed[k] and redis.pcall("GET", names[k])
  if refused then
    if string.find(refused.err, "WRONGTYPE", 1, true) ~= 1 then call("GET", names[k]) end
    packed[k], isAgain = "", true
  end
end
if isAgain then records, isChanged, changed, reply, size = {}, {}, {}, { now }, 1 end
until not isAgain
`;
