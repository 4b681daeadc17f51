/** The twin of `step.ts` in Lua, line by line. */
export const windowLua: string = `
local function clear(s, start)
  s[1], s[2], s[3] = start, 0, 0
end

local function rollWindow(window, sliding, aligned, s, now)
  local time = s[1]
  if aligned == 0 then
    if s[2] == 0 or now - time >= window then clear(s, now) end
  else
    local start = floorDivide(now, window) * window
    local passed = start - floorDivide(time, window) * window
    if passed > window then
      clear(s, start)
    elseif passed == window then
      s[3] = sliding == 1 and s[2] or 0
      s[2] = 0
    elseif time > start then
      s[2] = math.min(s[2] + s[3], 4503599627370496)
      s[3] = 0
    end
    s[1] = start
  end
end

local function weightedPrevious(limit, window, tick, s, now)
  local previous, ticks = s[3], window / tick
  if previous == 0 then return 0 end
  if previous > limit then previous = limit end
  return ceilDivide(previous * (ticks - floorDivide(now - s[1], tick)), ticks)
end

local function untilFits(limit, window, tick, sliding, s, now, cost)
  local last = s[1] + window
  if sliding == 0 then return last - now end
  local current, previous = s[2], s[3]
  if current > limit then current = limit end
  if previous > limit then previous = limit end
  local ticks = window / tick
  local free = limit - cost
  if current > free then return last + (ticks - floorDivide(free * ticks, current)) * tick - now end
  return last - floorDivide((free - current) * ticks, previous) * tick - now
end

local function untilEmpty(window, sliding, s, now)
  if s[2] > 0 then return s[1] + (sliding == 1 and 2 or 1) * window - now end
  return s[3] > 0 and s[1] + window - now or 0
end

local function step(p, o, s, now, cost, counted)
  local limit, window, tick, sliding = p[o], p[o + 1], p[o + 2], p[o + 3]
  rollWindow(window, sliding, p[o + 4], s, now)
  local previous = weightedPrevious(limit, window, tick, s, now)
  local room = limit - s[2] - previous
  local fits = limit > 0 and (cost <= room or cost == 0)
  local wait = 0
  if fits then
    s[2] = s[2] + cost
  elseif cost > limit or limit == 0 then
    wait = -1
  else
    if counted then s[2] = math.max(s[2], math.min(limit, s[2] + cost)) end
    wait = untilFits(limit, window, tick, sliding, s, now, cost)
  end
  local remaining = limit - s[2] - previous
  if remaining < 0 then remaining = 0 end
  local reset = untilEmpty(window, sliding, s, now)
  return fits, wait, remaining, reset, reset
end
`;

export const windowAdjustLua: string = `
local function adjust(p, o, s, now, amount, at)
  local limit, window, sliding = p[o], p[o + 1], p[o + 3]
  if amount > 0 then
    s[2] = math.max(s[2], math.min(limit, s[2] + (amount < limit and amount or limit)))
  elseif at >= s[1] then
    s[2] = s[2] + amount
    if s[2] < 0 then s[2] = 0 end
  elseif sliding == 1 and at >= s[1] - window then
    s[3] = s[3] + amount
    if s[3] < 0 then s[3] = 0 end
  end
end
`;
