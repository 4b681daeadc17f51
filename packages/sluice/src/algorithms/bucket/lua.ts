/** The twin of `step.ts` in Lua, line by line. */
export const bucketLua: string = `
local function untilDrained(amount, rate, tick, now)
  if amount <= 0 then return 0 end
  local ticks = ceilDivide(amount, rate)
  if tick == 1 then return ticks end
  return (floorDivide(now, tick) + ticks) * tick - now
end

local function step(p, o, s, now, cost, counted)
  local capacity, unit, rate, tick = p[o], p[o + 1], p[o + 2], p[o + 3]
  local full = capacity * unit
  local level = s[2]
  if s[3] ~= unit and level > 0 then
    level = ceilDivide(level, s[3])
    if level > capacity then level = capacity end
    level = level * unit
  end
  if level > full then level = full end
  local ticks = now - s[1]
  if tick ~= 1 then ticks = floorDivide(now, tick) - floorDivide(s[1], tick) end
  level = level - ticks * rate
  if level < 0 then level = 0 end
  local fits = capacity > 0 and cost <= floorDivide(full - level, unit)
  local wait = 0
  if fits then
    level = level + cost * unit
  elseif cost > capacity or capacity == 0 then
    wait = -1
  else
    if counted then level = full end
    wait = untilDrained(level - (full - cost * unit), rate, tick, now)
  end
  local reset = untilDrained(level, rate, tick, now)
  s[1], s[2], s[3] = now, level, unit
  return fits, wait, floorDivide(full - level, unit), reset, reset
end
`;
