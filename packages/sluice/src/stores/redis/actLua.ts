import type { Twin } from "../../algorithms/Twin.ts";
import { DECIDE } from "./decideCallLua.ts";
import { DIVIDE, READ_CALL } from "./openingLua.ts";
import { RECORDS, SAVE_UNLESS_FOREIGN } from "./recordsLua.ts";
import { stepOfLua } from "./stepOfLua.ts";

/**
 * The script that does an act in Redis and Valkey: the twin of `act.ts`, with the same names, over that of `decide.ts`.
 * KEYS are the names of the records, ARGV[1] is the program (`encodeAct`) as JSON. ARGV[2], for tests, is the instant.
 */
export function actLua(twins: readonly Twin[]): string {
  const makers = twins.map(({ lua, adjustLua, bookLua = "local book" }) =>
    [lua, adjustLua, bookLua, MADE].join("\n"),
  );
  return [
    DIVIDE,
    "\nlocal adjusts, books = {}, {}\n",
    stepOfLua(makers),
    READ_CALL,
    RECORDS,
    DECIDE,
    ACT,
    SAVE_UNLESS_FOREIGN,
  ].join("");
}

const MADE = "made, adjusts[machine], books[machine] = step, adjust, book";

/** Lists begin at 1 here; the places of an act are those of its program, and its records stand in their own. */
const ACT = `
for k = 1, #names do
  if packed[k] and recordOf(k)[1] ~= 1 then return { now, 2, records[k][1] } end
end

local REFUND, BOOK, UNBOOK, RESERVE, SETTLE, RENEW, BLOCK = 1, 2, 3, 4, 5, 6, 7
local asked = program[1]
local does, time, nonce = program[asked], program[asked + 1], program[asked + 2]
local o, length = 5, 4
limits, duration, costs = program[2], program[4], asked + 2
for i = 1, limits do
  limitAt[i], replyAt[i] = o, length
  length = length + 4 + program[o + 4]
  o = o + 8 + program[o + 7]
end
local ends = costs + limits
block, states = 1, ends + limits + 1
for n = 0, program[3] do program[states + n] = n + 1 end

-- The record of a hold is [1, 0, until, length, at, renewed, status, epoch, ...costs, ...stands].
local place = does >= RESERVE and does <= RENEW and #names
local epoch, epochs, untils, given, status, chargedAt, renewed, ttlEnd, held, stands = 0, {}, {}, {}, 0, 0, 0, 0, {}, {}
local function subjectOf(i) return program[limitAt[i] + 2] end
if place then
  for i = 1, limits do
    local s = subjectOf(i)
    local record, at = recordOf(1 + s), 2
    while record[at] and record[at] ~= 1 do at = at + 3 + record[at + 2] end
    epochs[s], given[s], untils[s] = 0, 0, 0
    if record[at] and record[at + 1] > now then
      untils[s], epochs[s], given[s] = record[at + 1], record[at + 4], record[at + 5]
    end
  end
  epoch = epochs[1]
  local hold = recordOf(place)
  if hold[2] == 0 and hold[3] > now and hold[4] == 4 + 2 * limits and hold[8] == epoch then
    ttlEnd, chargedAt, renewed, status = hold[3], hold[5], hold[6], hold[7]
    for i = 1, limits do held[i], stands[i] = hold[8 + i], hold[8 + limits + i] end
  end
end

local function keep(kept)
  local state = { chargedAt, renewed, kept, epoch }
  for i = 1, limits do state[4 + i], state[4 + limits + i] = held[i], stands[i] end
  writeSlot(place, 0, ttlEnd, state, 0, 4 + 2 * limits)
  epochs[1] = epoch
  for s = 1, #epochs do
    if ttlEnd > untils[s] then untils[s] = ttlEnd end
    writeSlot(1 + s, 1, untils[s], { 0, epochs[s], given[s] }, 0, 3)
  end
end

local function reserve()
  times = 1
  if not decide(true) then return false end
  if epoch == 0 then epoch = nonce end
  -- A dry run that was not charged has nothing to settle.
  for i = 1, limits do
    held[i] = fits[i] and program[costs + i] or 0
    stands[i] = reply[size + replyAt[i] + 4] + given[subjectOf(i)]
  end
  chargedAt, renewed, ttlEnd = now, now, now + time
  keep(1)
  return true
end

local function isDryRun(i) return program[limitAt[i] + 6] % 4 >= 2 end
local function isLease(i) return program[limitAt[i] + 6] >= 8 end

local function copyOf(state)
  local copy = {}
  for n = 1, #state do copy[n] = state[n] end
  return copy
end

local function bookLimit(i, most)
  local o, cost, rested = limitAt[i], program[costs + i], copyOf(after[i])
  tell(i, cost, false)
  if fits[i] or isDryRun(i) then return fits[i] end
  after[i] = rested
  local waited, run = wait[i], books[program[o]]
  if waited == -1 or waited > most or not run or not run(program, o + 8, rested, cost) then return false end
  tell(i, 0, false)
  reply[size + replyAt[i] + 2] = waited
  return true
end

local function book(most)
  local allowed, charged = reply[2] == 0, false
  for i = 1, limits do
    local isCharged = bookLimit(i, most)
    allowed = allowed and (isCharged or isDryRun(i))
    charged = charged or isCharged and program[costs + i] > 0
  end
  if allowed then
    if charged then save() end
    return true
  end
  for i = 1, limits do
    step(i, program[costs + i], false)
    if fits[i] then step(i, 0, false) end
  end
  return false
end

local freed = {}
local function adjust(i, amount, at, charge, left)
  local o = limitAt[i]
  if amount ~= 0 then
    local back = adjusts[program[o]](program, o + 8, after[i], now, amount, at, charge, left) or 0
    local s = subjectOf(i)
    if back > (freed[s] or 0) then freed[s] = back end
    repaired = true
  end
  tell(i, 0, false)
end

local function settle()
  local passed = math.max(0, now - chargedAt)
  for i = 1, limits do
    local amount, left = program[costs + i] - held[i], stands[i] - given[subjectOf(i)] - passed
    if isLease(i) then adjust(i, -held[i], renewed)
    elseif held[i] > 0 or not isDryRun(i) then adjust(i, amount, chargedAt, held[i], left)
    else tell(i, 0, false) end
  end
  for s = 1, #given do given[s] = math.min(2251799813685248, given[s] + (freed[s] or 0)) end
  if time == 1 then ttlEnd = 0 end
  keep(2)
end

local function isLastBooked()
  for i = 1, limits do
    if reply[size + replyAt[i] + 4] ~= math.max(0, program[ends + i] - now) then return false end
  end
  return true
end

-- What is not refused. To adjust a limit is reason enough to save them all.
local function change()
  repaired = false
  if does == BLOCK then
    blockState[1], blockState[2] = time > 0 and now or 0, time
    reply[2], reply[3] = time > 0 and 1 or 0, time
    writeSlot(block, 0, blockState[1] + time, blockState, 0, 2)
  elseif does == REFUND or does == UNBOOK and isLastBooked() then
    for i = 1, limits do
      -- Who runs goes on running.
      if not isLease(i) then adjust(i, -program[costs + i], now) end
    end
  elseif does == SETTLE and status == 1 then
    settle()
  elseif does == RENEW and status == 1 then
    for i = 1, limits do
      local leased = isLease(i) and held[i] or 0
      adjust(i, -leased, renewed)
      adjust(i, leased, now)
    end
    renewed, ttlEnd = now, now + time
    keep(1)
  end
  if repaired then save() end
end

local allowed = true
if does == RESERVE and status == 0 then
  allowed = reserve()
else
  times = 0
  decide(false)
  if does == BOOK then allowed = book(time) else change() end
end
reply[4], reply[5] = allowed and 1 or 0, status
`;
