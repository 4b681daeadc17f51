/**
 * Decides one call over the limits of its plan: the twin of `decide.ts`, with the same names. `limits`, `limitAt`,
 * `replyAt`, `duration`, `block`, `states` and `costs` tell where its numbers stand.
 */
export const DECIDE: string = `
local reply, size = { now }, 1
local limitAt, replyAt, after, fits, wait, life, blockState = {}, {}, {}, {}, {}, {}, {}
local limits, duration, block, states, costs, times, repaired

-- In the state as it is now.
local function tell(i, cost, counted)
  local o, at, state, fitting = limitAt[i], size + replyAt[i], after[i], nil
  local run = stepOf(program[o])
  fitting, wait[i], reply[at + 3], reply[at + 4], life[i] = run(program, o + 8, state, now, cost, counted)
  fits[i], reply[at + 1], reply[at + 2] = fitting, fitting and 1 or 0, wait[i]
  for n = 1, program[o + 4] do reply[at + 4 + n] = state[n] end
end

-- In the state as it is stored.
local function step(i, cost, counted)
  local o = limitAt[i]
  local id, width, sharedWidth, grows = program[o + 1], program[o + 4], program[o + 5], program[o + 6] % 8 >= 4
  local state = after[i]
  if grows or not state then
    state = {}
    after[i] = state
  end
  local own = recordOf(program[states + program[o + 2]])
  if readSlot(own, id, state, 0, width - sharedWidth, grows, sharedWidth == 0) then repaired = true end
  if sharedWidth > 0 then
    local shared = recordOf(program[states + program[o + 3]])
    if readSlot(shared, id, state, width - sharedWidth, sharedWidth, false, false) then repaired = true end
  end
  tell(i, cost, counted)
end

local function chargeRefused(i, cost)
  local fitted = fits[i]
  step(i, cost, true)
  if not fitted then return end
  local o, copy = limitAt[i], {}
  for n, number in ipairs(after[i]) do copy[n] = number end
  local _, wait = steps[program[o]](program, o + 8, copy, now, cost, false)
  reply[size + replyAt[i] + 2] = wait
end

local function takeBack(limited)
  local charged = false
  for i = 1, limits do
    local flags, cost = program[limitAt[i] + 6], program[costs + i] * times
    if limited and flags % 4 == 1 and cost > 0 then
      chargeRefused(i, cost)
      charged = true
    elseif fits[i] then
      step(i, 0, false)
    end
  end
  return charged
end

local function save()
  for i = 1, limits do
    local o, state, expires = limitAt[i], after[i], now + life[i]
    local sharedWidth = program[o + 5]
    local own = program[o + 4] - sharedWidth
    writeSlot(program[states + program[o + 2]], program[o + 1], expires, state, 0, program[o + 6] % 8 >= 4 and #state or own)
    if sharedWidth > 0 then
      writeSlot(program[states + program[o + 3]], program[o + 1], expires, state, own, sharedWidth)
    end
  end
end

local function decide(consume)
  local blockRepaired, blockedFor = false, 0
  if packed[block] or records[block] then
    blockRepaired = readSlot(recordOf(block), 0, blockState, 0, 2, false, true)
    blockedFor = blockState[1] + blockState[2] - now
    if blockedFor < 0 then blockedFor = 0 end
  end
  local blocked = blockedFor > 0
  local allowed, never, charged = not blocked, false, false
  repaired = false
  for i = 1, limits do
    local cost = program[costs + i] * times
    step(i, cost, false)
    if fits[i] then
      charged = charged or cost > 0
    elseif program[limitAt[i] + 6] % 4 < 2 then
      allowed = false
      never = never or wait[i] == -1
    end
  end
  local limited = not allowed and not blocked and not never
  if not allowed then charged = takeBack(limited) end
  local blocks = limited and duration > 0
  if blocks then
    blockState[1], blockState[2] = now, duration
    blockedFor = duration
  end
  reply[size + 1], reply[size + 2] = blocked and 1 or 0, blockedFor
  if not consume then return allowed end
  if charged or repaired then save() end
  if blocks or blockRepaired then writeSlot(block, 0, blockState[1] + blockState[2], blockState, 0, 2) end
  return allowed
end
`;
