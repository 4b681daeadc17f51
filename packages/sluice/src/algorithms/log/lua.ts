/** The twin of `step.ts` in Lua, line by line; lists begin at 1 here, and the costs at 4. */
export const logLua: string = `
local function drop(s, count)
  if count == 0 then return end
  for n = 4, #s do s[n] = s[n + count] end
end

local function dropExpired(s, window, now)
  local first = 4
  while s[2] > 0 and now - s[1] + s[3] >= window do
    s[2] = s[2] - s[first]
    s[3] = s[3] - (s[first + 1] or 0)
    first = first + 2
  end
  drop(s, first - 4)
end

local function append(s, now, cost)
  if cost == 0 then return end
  local gap, size = now - s[1], #s
  if s[2] == 0 then
    s[size + 1] = cost
  elseif gap == 0 then
    s[size] = s[size] + cost
  else
    s[size + 1], s[size + 2] = gap, cost
    s[3] = s[3] + gap
  end
  s[1] = now
  s[2] = s[2] + cost
end

local function trim(s, most)
  local first = 4
  while s[2] - s[first] >= most do
    s[2] = s[2] - s[first]
    s[3] = s[3] - s[first + 1]
    first = first + 2
  end
  s[first] = s[first] - (s[2] - most)
  s[2] = most
  drop(s, first - 4)
end

local function untilFits(limit, window, s, now, cost)
  local time, used, n = s[1] - s[3], s[2] - s[4], 5
  while used + cost > limit do
    time = time + s[n]
    used = used - s[n + 1]
    n = n + 2
  end
  return time + window - now
end

local function step(p, o, s, now, cost, counted)
  local limit, window = p[o], p[o + 1]
  dropExpired(s, window, now)
  local fits = limit > 0 and (cost <= limit - s[2] or cost == 0)
  local wait = 0
  if fits then
    append(s, now, cost)
  elseif cost > limit or limit == 0 then
    wait = -1
  else
    if counted then
      local most = s[2] > limit and s[2] or limit
      append(s, now, cost)
      trim(s, most)
    end
    wait = untilFits(limit, window, s, now, cost)
  end
  local remaining = limit - s[2]
  if remaining < 0 then remaining = 0 end
  local reset = s[2] > 0 and s[1] + window - now or 0
  return fits, wait, remaining, reset, reset
end
`;

export const logAdjustLua: string = `
local function usedUntil(s, at)
  local time, used, n = s[1] - s[3], 0, 4
  while s[n] and time <= at do
    used = used + s[n]
    time = time + (s[n + 1] or 0)
    n = n + 2
  end
  return used
end

local function giveBack(s, amount, at)
  local entries, time, kept = {}, s[1] - s[3], usedUntil(s, at) - amount
  if kept < 0 then kept = 0 end
  for n = #s, 4, -1 do entries[n - 3], s[n] = s[n], nil end
  s[2], s[3] = 0, 0
  for n = 1, #entries, 2 do
    local cost = entries[n]
    if time <= at then
      if cost > kept then cost = kept end
      kept = kept - cost
    end
    append(s, time, cost)
    time = time + (entries[n + 1] or 0)
  end
end

local function adjust(p, o, s, now, amount, at)
  if amount <= 0 then return giveBack(s, -amount, at) end
  local room = p[o + 2] - s[2]
  if amount > room then amount = room end
  append(s, now, amount > 0 and amount or 0)
end
`;
