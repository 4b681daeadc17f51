/** The level of a debt of one full limit, or of what drains in 2^52 microseconds. */
const DEEPEST = `
    local deepest, ticks = 2 * capacity * unit, floorDivide(4503599627370496, tick)
    if ceilDivide(deepest, rate) > ticks then deepest = ticks * rate end`;

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
  local level, kept = s[2], s[3]
  if kept == unit then
    if level > full then level = full end
  elseif level > 0 and kept > 0 then
    level = ceilDivide(level, kept)
    if level > capacity then level = capacity end
    level = level * unit
  elseif level > 0 and kept ~= -unit then
    level = ceilDivide(level, -kept)
    if level > 2 * capacity then level = 2 * capacity end
    level = level * unit${DEEPEST}
    if level > deepest then level = deepest end
  end
  local ticks = now - s[1]
  if tick ~= 1 then ticks = floorDivide(now, tick) - floorDivide(s[1], tick) end
  level = level - ticks * rate
  if level < 0 then level = 0 end
  local remaining = level < full and floorDivide(full - level, unit) or 0
  local fits = capacity > 0 and cost <= remaining
  local wait = 0
  if fits then
    level = level + cost * unit
    remaining = remaining - cost
  elseif cost > capacity or capacity == 0 then
    wait = -1
  else
    if counted then
      if level < full then level = full end
      remaining = 0
    end
    wait = untilDrained(level - (full - cost * unit), rate, tick, now)
  end
  local reset = untilDrained(level, rate, tick, now)
  s[1], s[2], s[3] = now, level, level > full and -unit or unit
  return fits, wait, remaining, reset, reset
end
`;

export const bucketAdjustLua: string = `
local function setLevel(s, full, unit, level)
  s[2], s[3] = level, level > full and -unit or unit
end

-- The last tick may drain less than the others.
local function stands(capacity, unit, rate, tick, charge, left, now, at)
  if charge > 2 * capacity then charge = 2 * capacity end
  local alone, inOrder = charge * unit, 0
  if at < now then alone = alone - (floorDivide(now, tick) - floorDivide(at, tick)) * rate end
  if left >= tick then inOrder = (floorDivide(left, tick) - 1) * rate end
  return math.max(0, alone, inOrder)
end

local function adjust(p, o, s, now, amount, at, charge, left)
  local capacity, unit, rate, tick = p[o], p[o + 1], p[o + 2], p[o + 3]
  local level, freed = s[2], 0
  if amount > 0 then${DEEPEST}
    if amount > 2 * capacity then amount = 2 * capacity end
    local owed = level + amount * unit
    if owed > deepest then owed = deepest end
    if owed > level then level = owed end
  else
    local back = ceilDivide(level, unit) <= -amount and level or -amount * unit
    if charge then
      back = math.min(back, stands(capacity, unit, rate, tick, charge, left, now, at))
      freed = ceilDivide(back, rate) * tick
    end
    level = level - back
  end
  setLevel(s, capacity * unit, unit, level)
  return freed
end
`;

export const bucketBookLua: string = `
local function book(p, o, s, cost)
  local capacity, unit, level = p[o], p[o + 1], s[2]
  if level > 4503599627370496 then return false end
  setLevel(s, capacity * unit, unit, level + cost * unit)
  return true
end
`;
