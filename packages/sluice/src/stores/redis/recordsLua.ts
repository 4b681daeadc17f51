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

/** Saves each changed record once, without what has expired, and never without an expiry of its own. */
export const SAVE_CHANGED: string = `
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

/** The same, and nothing at all if one of them is somebody else's. */
export const SAVE_UNLESS_FOREIGN: string = REFUSE_FOREIGN + SAVE_CHANGED;
