import type { Twin } from "../../algorithms/Twin.ts";

/**
 * The script that decides calls in Redis and Valkey: the wrapper around the twins, whose numbers are their places in
 * the list. KEYS are the names of the records, ARGV[1] is the program (`encodeCalls`) as JSON. ARGV[2], for tests, is the
 * instant in microseconds; records then outlive it by an hour of the server's time.
 *
 * Frozen: docs/decisions/0001. It mirrors `decide.ts`, with the same names.
 */
export function decideLua(twins: readonly Twin[]): string {
  const steps = twins.map(({ lua }, i) => `do\n${lua.trim()}\nsteps[${i + 1}] = step\nend\n`);
  return [DIVIDE, "local steps = {}\n", ...steps, RECORDS, DECIDE, WRITE].join("");
}

// `%` and `..` of Lua are exact for small numbers only, so neither is used. The quotient of two whole numbers below 2^53
// never rounds onto a whole number or past one: it is `1 / b` away from it, and half its last place is less than `1 / b`.
const DIVIDE = `
local floor, ceil = math.floor, math.ceil
local function floorDivide(a, b) return floor(a / b) end
local function ceilDivide(a, b) return ceil(a / b) end
`;

/** Reading and writing slots: the twin of `record.ts`. Lists begin at 1 here. */
const RECORDS = `
local now
if ARGV[2] then
  now = tonumber(ARGV[2])
else
  local time = redis.call("TIME")
  now = time[1] * 1000000 + time[2]
end

local packed
if #KEYS == 1 then packed = { redis.call("GET", KEYS[1]) } else packed = redis.call("MGET", unpack(KEYS)) end
local records, isChanged, changed = {}, {}, {}

local function recordOf(k)
  local record = records[k]
  if record then return record end
  record = packed[k] and cmsgpack.unpack(packed[k]) or { 1 }
  if type(record) ~= "table" then record = { 0 } end
  records[k] = record
  return record
end

local function markChanged(k)
  if isChanged[k] then return end
  isChanged[k] = true
  changed[#changed + 1] = k
end

local function placeOf(record, id)
  local at = 2
  local found = record[at]
  while found do
    if found == id then return at end
    at = at + 3 + record[at + 2]
    found = record[at]
  end
  return 0
end

local function readSlot(record, id, state, from, width, grows)
  local at = placeOf(record, id)
  local stored = 0
  if at > 0 and record[at + 1] > now then stored = record[at + 2] end
  local read = width
  if grows and stored > width then read = stored end
  for n = 1, read do state[from + n] = n <= stored and record[at + 2 + n] or 0 end
  if state[from + 1] <= now then return false end
  state[from + 1] = now
  return true
end

local function writeSlot(k, id, expires, state, from, length)
  local record = recordOf(k)
  local at = placeOf(record, id)
  if at > 0 and record[at + 2] ~= length then
    local size, moved = #record, 3 + record[at + 2]
    for n = at, size do record[n] = record[n + moved] end
    at = 0
  end
  if at == 0 then
    at = #record + 1
    record[at], record[at + 2] = id, length
  end
  record[at + 1] = expires
  for n = 1, length do record[at + 2 + n] = state[from + n] end
  markChanged(k)
end
`;

/** One entry after the other, at one instant. */
const DECIDE = `
local program = cjson.decode(ARGV[1])
local reply, size = { now }, 1
local limitAt, replyAt, after, fits, wait, life = {}, {}, {}, {}, {}, {}
local names, costs, times, repaired

local function costOf(i)
  return program[costs + i] * times
end

local function step(i, cost, counted)
  local o = limitAt[i]
  local width, sharedWidth, flags = program[o + 4], program[o + 5], program[o + 6]
  local state = after[i]
  if flags >= 4 or not state then
    state = {}
    after[i] = state
  end
  if readSlot(recordOf(program[names + program[o + 2]]), program[o + 1], state, 0, width - sharedWidth, flags >= 4) then
    repaired = true
  end
  if sharedWidth > 0 then
    local shared = recordOf(program[names + program[o + 3]])
    if readSlot(shared, program[o + 1], state, width - sharedWidth, sharedWidth, false) then repaired = true end
  end
  local at = replyAt[i]
  local remaining, reset
  fits[i], wait[i], remaining, reset, life[i] = steps[program[o]](program, o + 8, state, now, cost, counted)
  reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = fits[i] and 1 or 0, wait[i], remaining, reset
  for n = 1, width do reply[at + 4 + n] = state[n] end
end

local function chargeRefused(i, cost)
  local fitted = fits[i]
  step(i, cost, true)
  if not fitted then return end
  local o, copy = limitAt[i], {}
  for n, number in ipairs(after[i]) do copy[n] = number end
  local _, wait = steps[program[o]](program, o + 8, copy, now, cost, false)
  reply[replyAt[i] + 2] = wait
end

local function takeBack(limits, limited)
  local charged = false
  for i = 1, limits do
    local flags, cost = program[limitAt[i] + 6], costOf(i)
    if limited and flags % 4 == 1 and cost > 0 then
      chargeRefused(i, cost)
      charged = true
    elseif fits[i] then
      step(i, 0, false)
    end
  end
  return charged
end

local function unknownVersion(block, count)
  if block > 0 and recordOf(block)[1] ~= 1 then return recordOf(block)[1] end
  for n = 1, count do
    local version = recordOf(program[names + n])[1]
    if version ~= 1 then return version end
  end
end

local function save(limits)
  for i = 1, limits do
    local o, state, expires = limitAt[i], after[i], now + life[i]
    local sharedWidth = program[o + 5]
    local own = program[o + 4] - sharedWidth
    writeSlot(program[names + program[o + 2]], program[o + 1], expires, state, 0, program[o + 6] >= 4 and #state or own)
    if sharedWidth > 0 then
      writeSlot(program[names + program[o + 3]], program[o + 1], expires, state, own, sharedWidth)
    end
  end
end

local function decide(limits, duration, block, consume)
  local state = { 0, 0 }
  local blockRepaired = block > 0 and readSlot(recordOf(block), 0, state, 0, 2, false)
  local blockedFor = state[1] + state[2] - now
  if blockedFor < 0 then blockedFor = 0 end
  local blocked = blockedFor > 0
  local allowed, never, charged = not blocked, false, false
  repaired = false
  for i = 1, limits do
    local cost = costOf(i)
    step(i, cost, false)
    if fits[i] then
      charged = charged or cost > 0
    elseif program[limitAt[i] + 6] % 4 < 2 then
      allowed = false
      never = never or wait[i] == -1
    end
  end
  local limited = not allowed and not blocked and not never
  if not allowed then charged = takeBack(limits, limited) end
  local blocks = limited and duration > 0
  if blocks then
    state[1], state[2] = now, duration
    blockedFor = duration
  end
  reply[size + 1], reply[size + 2] = blocked and 1 or 0, blockedFor
  if not consume then return end
  if charged or repaired then save(limits) end
  if blocks or blockRepaired then writeSlot(block, 0, state[1] + state[2], state, 0, 2) end
end

-- So many equal calls: first what they find, which is the reply; then those that fit, charged at once; then the first
-- that does not. Those after it change nothing.
local function decideAll(limits, duration, block, equal)
  times = 0
  decide(limits, duration, block, false)
  local fitting = equal
  for i = 1, limits do
    local cost = program[costs + i]
    if cost > 0 then fitting = math.min(fitting, floorDivide(reply[replyAt[i] + 3], cost)) end
  end
  local found = reply
  reply = {}
  if fitting > 0 then
    times = fitting
    decide(limits, duration, block, true)
  end
  if fitting < equal then
    times = 1
    decide(limits, duration, block, true)
  end
  reply = found
end

local at = program[1]
local entries = program[at]
at = at + 1
for _ = 1, entries do
  local plan, mode, block = program[at], program[at + 1], program[at + 2]
  local limits, count, duration = program[plan], program[plan + 1], program[plan + 2]
  names = at + 2
  costs = names + count
  at = costs + limits + 1
  local version = unknownVersion(block, count)
  if version then
    reply[size + 1], reply[size + 2] = 2, version
    size = size + 2
  else
    local o, answer = plan + 3, size + 2
    for i = 1, limits do
      limitAt[i], replyAt[i] = o, answer
      answer = answer + 4 + program[o + 4]
      o = o + 8 + program[o + 7]
    end
    times = 1
    if mode > 1 then decideAll(limits, duration, block, mode) else decide(limits, duration, block, mode == 0) end
    size = answer
  end
end
`;

/** Each changed record once, without what has expired, and never without an expiry of its own. */
const WRITE = `
for _, k in ipairs(changed) do
  local record = records[k]
  local from, to, size, latest = 2, 2, #record, 0
  while from <= size do
    local length, expires = 3 + record[from + 2], record[from + 1]
    if expires > now then
      if to ~= from then for n = 0, length - 1 do record[to + n] = record[from + n] end end
      to = to + length
      if expires > latest then latest = expires end
    end
    from = from + length
  end
  for n = size, to, -1 do record[n] = nil end
  if latest == 0 then
    redis.call("DEL", KEYS[k])
  else
    local ttl = ceilDivide(latest, 1000) - floorDivide(now, 1000)
    if ARGV[2] then ttl = ttl + 3600000 end
    redis.call("SET", KEYS[k], cmsgpack.pack(record), "PX", ttl)
  end
end
return reply
`;
