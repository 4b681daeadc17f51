// `%` and `..` of Lua are exact for small numbers only, so neither is used. The quotient of two whole numbers below 2^53
// never rounds onto a whole number or past one: it is `1 / b` away from it, and half its last place is less than `1 / b`.
export const DIVIDE: string = `
local floor, ceil = math.floor, math.ceil
local function floorDivide(a, b) return floor(a / b) end
local function ceilDivide(a, b) return ceil(a / b) end
`;

/** What a script is given: the instant, its records as they are stored, and its program. */
export const READ_CALL: string = `
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
