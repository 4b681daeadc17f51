// `%` and `..` of Lua are exact for small numbers only, so neither is used. The quotient of two whole numbers below 2^53
// never rounds onto a whole number or past one: it is `1 / b` away from it, and half its last place is less than `1 / b`.
export const DIVIDE: string = `
local floor, ceil = math.floor, math.ceil
local function floorDivide(a, b) return floor(a / b) end
local function ceilDivide(a, b) return ceil(a / b) end
`;

export const READ: string = `
local call, unpackRecord, packRecord, names = redis.call, cmsgpack.unpack, cmsgpack.pack, KEYS
local now
if ARGV[2] then
  now = tonumber(ARGV[2])
else
  local time = call("TIME")
  now = time[1] * 1000000 + time[2]
end

-- By the server's own clock, when that is not the one to decide by.
local startMs = floor(now / 1000)
if ARGV[2] then startMs = startMs - 3600000 end
local packed = call("MGET", unpack(names))
local program = cjson.decode(ARGV[1])
`;

/** Reading and writing slots: the twin of `record.ts`. Lists begin at 1 here. What is no record at all has the version 0. */
export const RECORDS: string = `
local records, isChanged, changed = {}, {}, {}

local function recordOf(k)
  local record = records[k]
  if record then return record end
  record = { 1 }
  if packed[k] then
    local isList, list = pcall(unpackRecord, packed[k])
    record = isList and type(list) == "table" and type(list[1]) == "number" and list or { 0 }
  end
  records[k] = record
  return record
end

local function readSlot(record, id, state, from, width, grows, isMoved)
  local at = 2
  local found = record[2]
  while found and found ~= id do
    at = at + 3 + record[at + 2]
    found = record[at]
  end
  local stored = 0
  if found and record[at + 1] > now then stored = record[at + 2] end
  if grows and stored > width then width = stored end
  for n = 1, width do state[from + n] = n <= stored and record[at + 2 + n] or 0 end
  if state[from + 1] <= now then return false end
  if isMoved then state[from + 1] = now end
  return true
end

local function writeSlot(k, id, expires, state, from, length)
  local record = recordOf(k)
  local at = 2
  local found = record[2]
  while found and found ~= id do
    at = at + 3 + record[at + 2]
    found = record[at]
  end
  if found and record[at + 2] ~= length then
    local size, moved = #record, 3 + record[at + 2]
    for n = at, size do record[n] = record[n + moved] end
    at = #record + 1
  end
  record[at], record[at + 1], record[at + 2] = id, expires, length
  for n = 1, length do record[at + 2 + n] = state[from + n] end
  if isChanged[k] then return end
  isChanged[k] = true
  changed[#changed + 1] = k
end
`;

/** To MGET a key of another type is not there. It is somebody else's: GET refuses it, before anything is written. */
const REFUSE_FOREIGN = `
for i = 1, #changed do
  if not packed[changed[i]] then call("GET", names[changed[i]]) end
end
`;

/** Each changed record once, without what has expired, and never without an expiry of its own. */
export const SAVE: string = `
for i = 1, #changed do
  local k = changed[i]
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
    call("DEL", names[k])
  else
    call("SET", names[k], packRecord(record), "PX", ceil(latest / 1000) - startMs)
  end
end
return reply
`;

/** The same, after a look at what is not there yet. */
export const WRITE: string = REFUSE_FOREIGN + SAVE;
