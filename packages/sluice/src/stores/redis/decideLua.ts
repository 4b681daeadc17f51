import type { Twin } from "../../algorithms/Twin.ts";
import { DECIDE_ALONE } from "./decideAloneLua.ts";
import { DIVIDE, READ, RECORDS, WRITE } from "./recordsLua.ts";

/**
 * The script that decides calls in Redis and Valkey: the wrapper around the twins, whose numbers are their places in
 * the list. KEYS are the names of the records, ARGV[1] is the program (`encodeCalls`) as JSON. ARGV[2], for tests, is the
 * instant in microseconds; records then outlive it by an hour of the server's time.
 *
 * Frozen: docs/decisions/0001. It mirrors `decide.ts`, with the same names. A script is run from its first line at every
 * call, so each function that is made costs: a step is made when it is needed.
 */
export function decideLua(twins: readonly Twin[]): string {
  const makers = twins.map(({ lua }, i) => `if machine == ${i + 1} then\n${lua.trim()}\nmade = step\nelse`);
  const stepOf = [STEP_OF, ...makers, "if not made then error('no such machine') end\n", STEP_MADE];
  return [DIVIDE, ...stepOf, READ, DECIDE_ALONE, RECORDS, DECIDE, WRITE].join("");
}

const STEP_OF = `
local steps = {}
local function stepOf(machine)
  local made = steps[machine]
  if made then return made end
`;
const STEP_MADE = `
  steps[machine] = made
  return made
end
`;

/** One entry after the other, at one instant. */
const DECIDE = `
local reply, size = { now }, 1
local limitAt, replyAt, after, fits, wait, life, blockState = {}, {}, {}, {}, {}, {}, {}
local limits, duration, block, states, costs, times, repaired

local function step(i, cost, counted)
  local o = limitAt[i]
  local machine, id, width, sharedWidth, grows = program[o], program[o + 1], program[o + 4], program[o + 5], program[o + 6] >= 4
  local run, state = stepOf(machine), after[i]
  if grows or not state then
    state = {}
    after[i] = state
  end
  if readSlot(recordOf(program[states + program[o + 2]]), id, state, 0, width - sharedWidth, grows) then repaired = true end
  if sharedWidth > 0 then
    local shared = recordOf(program[states + program[o + 3]])
    if readSlot(shared, id, state, width - sharedWidth, sharedWidth, false) then repaired = true end
  end
  local at, fitting = size + replyAt[i], nil
  fitting, wait[i], reply[at + 3], reply[at + 4], life[i] = run(program, o + 8, state, now, cost, counted)
  fits[i], reply[at + 1], reply[at + 2] = fitting, fitting and 1 or 0, wait[i]
  for n = 1, width do reply[at + 4 + n] = state[n] end
end

local function chargeRefused(i, cost)
  local fitted = fits[i]
  step(i, cost, true)
  if not fitted then return end
  local o, copy = limitAt[i], {}
  for n, number in ipairs(after[i]) do copy[n] = number end
  local _, wait = steps[program[o]](program, o + 8, copy, now, cost, false)
  reply[size + replyAt[i] + 2] = wait
end

local function takeBack(limited)
  local charged = false
  for i = 1, limits do
    local flags, cost = program[limitAt[i] + 6], program[costs + i] * times
    if limited and flags % 4 == 1 and cost > 0 then
      chargeRefused(i, cost)
      charged = true
    elseif fits[i] then
      step(i, 0, false)
    end
  end
  return charged
end

local function save()
  for i = 1, limits do
    local o, state, expires = limitAt[i], after[i], now + life[i]
    local sharedWidth = program[o + 5]
    local own = program[o + 4] - sharedWidth
    writeSlot(program[states + program[o + 2]], program[o + 1], expires, state, 0, program[o + 6] >= 4 and #state or own)
    if sharedWidth > 0 then
      writeSlot(program[states + program[o + 3]], program[o + 1], expires, state, own, sharedWidth)
    end
  end
end

local function decide(consume)
  local blockRepaired, blockedFor = false, 0
  if packed[block] or records[block] then
    blockRepaired = readSlot(recordOf(block), 0, blockState, 0, 2, false)
    blockedFor = blockState[1] + blockState[2] - now
    if blockedFor < 0 then blockedFor = 0 end
  end
  local blocked = blockedFor > 0
  local allowed, never, charged = not blocked, false, false
  repaired = false
  for i = 1, limits do
    local cost = program[costs + i] * times
    step(i, cost, false)
    if fits[i] then
      charged = charged or cost > 0
    elseif program[limitAt[i] + 6] % 4 < 2 then
      allowed = false
      never = never or wait[i] == -1
    end
  end
  local limited = not allowed and not blocked and not never
  if not allowed then charged = takeBack(limited) end
  local blocks = limited and duration > 0
  if blocks then
    blockState[1], blockState[2] = now, duration
    blockedFor = duration
  end
  reply[size + 1], reply[size + 2] = blocked and 1 or 0, blockedFor
  if not consume then return end
  if charged or repaired then save() end
  if blocks or blockRepaired then writeSlot(block, 0, blockState[1] + blockState[2], blockState, 0, 2) end
end

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
