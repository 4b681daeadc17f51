/** The twin of `step.ts` in Lua, line by line; lists begin at 1 here. */
export const adaptiveLua: string = `
local cap, unit, rate, tick, window, loadWindow, loadFull, lowLoad, highLoad, penalty, hardLimit
local MOST_COUNTED = 4503599627370496

local function rollCounts(s, at, window, time, now)
  local passed = floorDivide(now, window) - floorDivide(time, window)
  if passed == 0 then return end
  local kept = passed < 0 and s[at] + s[at + 1] or 0
  s[at + 1] = passed == 1 and s[at] or 0
  s[at] = kept
end

local function advance(s, now)
  local level = s[2]
  if s[3] ~= unit and level > 0 then
    level = ceilDivide(level, s[3])
    if level > cap then level = cap end
    level = level * unit
  end
  if level > cap * unit then level = cap * unit end
  if s[1] < now then level = level - (floorDivide(now, tick) - floorDivide(s[1], tick)) * rate end
  if level < 0 then level = 0 end
  s[2], s[3] = level, unit
  rollCounts(s, 4, window, s[1] >= now and s[6] > s[1] and s[6] or s[1], now)
  rollCounts(s, 7, loadWindow, s[6], now)
  if s[4] > MOST_COUNTED then s[4] = MOST_COUNTED end
  if s[5] > MOST_COUNTED then s[5] = MOST_COUNTED end
  if s[7] > MOST_COUNTED then s[7] = MOST_COUNTED end
  if s[8] > MOST_COUNTED then s[8] = MOST_COUNTED end
  s[1], s[6] = now, now
end

local function charge(s, cost)
  s[2] = s[2] + cost * unit
  if s[2] > cap * unit then s[2] = cap * unit end
  if s[4] < cap then
    s[4] = s[4] + cost
    if s[4] > cap then s[4] = cap end
  end
end

local function sense(s, cost)
  s[7] = s[7] + cost
  if s[7] > MOST_COUNTED then s[7] = MOST_COUNTED end
end

local function usedAt(s, at, most, window, now, moment)
  local passed = floorDivide(moment, window) - floorDivide(now, window)
  if passed > 1 then return 0 end
  local current = passed == 0 and s[at] or 0
  local previous = passed == 0 and s[at + 1] or s[at]
  if current > most then current = most end
  if previous > most then previous = most end
  local ticks = window / tick
  local elapsed = floorDivide(moment - floorDivide(moment, window) * window, tick)
  return current + ceilDivide(previous * (ticks - elapsed), ticks)
end

local function burstCap(s, now, moment)
  local load = floorDivide(usedAt(s, 7, loadFull, loadWindow, now, moment) * 1000, loadFull)
  local over = load - lowLoad
  if over < 0 then over = 0 elseif over > highLoad - lowLoad then over = highLoad - lowLoad end
  local cut = floorDivide(penalty * over, highLoad - lowLoad)
  local burst = floorDivide(cap * (1000 - cut), 1000)
  if burst == 0 and cap > 0 then burst = 1 end
  return burst < hardLimit and burst or hardLimit
end

local function roomAt(s, now, moment)
  local level = s[2] - (floorDivide(moment, tick) - floorDivide(now, tick)) * rate
  level = level > 0 and ceilDivide(level, unit) or 0
  local used = usedAt(s, 4, cap, window, now, moment)
  local room = burstCap(s, now, moment) - (level > used and level or used)
  return room > 0 and room or 0
end

local function untilFits(s, now, cost)
  local refused, fits = 0, (ceilDivide(cap * unit, rate) + 1) * tick
  if fits < 2 * window then fits = 2 * window end
  if fits < 2 * loadWindow then fits = 2 * loadWindow end
  while fits - refused > 1 do
    local middle = refused + floorDivide(fits - refused, 2)
    if cost <= roomAt(s, now, now + middle) then fits = middle else refused = middle end
  end
  return fits
end

local function untilZero(s, at, window, now)
  local last = (floorDivide(now, window) + 1) * window
  if s[at] > 0 then return last + window - now end
  return s[at + 1] > 0 and last - now or 0
end

local function untilForgotten(s, now)
  local longest = s[2] == 0 and 0 or (floorDivide(now, tick) + ceilDivide(s[2], rate)) * tick - now
  local guard, sensor = untilZero(s, 4, window, now), untilZero(s, 7, loadWindow, now)
  if guard > longest then longest = guard end
  return sensor > longest and sensor or longest
end

local function step(p, o, s, now, cost, counted)
  cap, unit, rate, tick, window, loadWindow = p[o], p[o + 1], p[o + 2], p[o + 3], p[o + 4], p[o + 5]
  loadFull, lowLoad, highLoad, penalty, hardLimit = p[o + 6], p[o + 7], p[o + 8], p[o + 9], p[o + 10]
  advance(s, now)
  local most = cap < hardLimit and cap or hardLimit
  local fits = most > 0 and cost <= roomAt(s, now, now)
  local wait = 0
  if fits then
    charge(s, cost)
    if not counted then sense(s, cost) end
  elseif cost > most or most == 0 then
    wait = -1
  else
    if counted then charge(s, cost) end
    wait = untilFits(s, now, cost)
  end
  local remaining = roomAt(s, now, now)
  local reset = remaining == most and 0 or untilFits(s, now, most)
  return fits, wait, remaining, reset, untilForgotten(s, now)
end
`;

export const adaptiveAdjustLua: string = `
local function giveBack(s, slot, window, amount, now, at)
  local passed = floorDivide(now, window) - floorDivide(at, window)
  if passed > 1 then return 0 end
  local place = passed == 1 and slot + 1 or slot
  local lost = s[place] < amount and s[place] or amount
  s[place] = s[place] - lost
  return lost
end

local function adjust(p, o, s, now, amount, at, held)
  cap, unit, window, loadWindow = p[o], p[o + 1], p[o + 4], p[o + 5]
  if amount > 0 then
    if amount > cap then amount = cap end
    charge(s, amount)
    return sense(s, amount)
  end
  s[2] = s[2] - (-amount < cap and -amount or cap) * unit
  if s[2] < 0 then s[2] = 0 end
  local lost = giveBack(s, 4, window, -amount, now, at)
  giveBack(s, 7, loadWindow, held and -amount or lost, now, at)
end
`;
