/**
 * The short way of a call that comes alone, whose limits are plain: no block, no flags, nothing that all keys share, and
 * a record with no other slots. It makes no function but the steps, and one list for each record. Whatever else it meets,
 * it has changed nothing yet, and the general way decides: also if one of several limits refuses, since the charges of the
 * others are taken back there.
 *
 * It reads `program`, `packed` and `now`. Both ways are held to TypeScript by `test/stores/redisTwins.test.ts`.
 */
export const DECIDE_ALONE: string = `
local costs = program[1] + 5
if program[costs - 5] == 1 and program[costs - 3] == 0 and program[3] == 1 and program[4] == 0 and not packed[1] then
  local kept, latest, isPlain = packed[2], 0, true
  -- With room for one limit: no state has fewer than three numbers.
  local record, answer = { 1, 0, 0, 0, 0, 0, 0 }, { now, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
  local limits, o, at, to = program[2], 5, 2, 3
  if kept then
    isPlain, kept = pcall(unpackRecord, kept)
    isPlain = isPlain and type(kept) == "table" and kept[1] == 1
  end
  for i = 1, limits do
    local id, width, cost = program[o + 1], program[o + 4], program[costs + i - 1]
    isPlain = isPlain and program[o + 6] == 0 and cost > 0
      and (not kept or kept[at] == id and kept[at + 2] == width and kept[at + 3] <= now)
    if not isPlain then break end
    local state, isKept = { 0, 0, 0 }, kept and kept[at + 1] > now
    for n = 1, width do state[n] = isKept and kept[at + 2 + n] or 0 end
    local fits, wait, remaining, reset, life = stepOf(program[o])(program, o + 8, state, now, cost, false)
    isPlain = limits == 1 or fits
    local expires = now + life
    record[at], record[at + 1], record[at + 2] = id, expires, width
    answer[to + 1], answer[to + 2], answer[to + 3], answer[to + 4] = fits and 1 or 0, wait, remaining, reset
    for n = 1, width do record[at + 2 + n], answer[to + 4 + n] = state[n], state[n] end
    at, to, o = at + 3 + width, to + 4 + width, o + 8 + program[o + 7]
    if not fits then latest = -1 elseif expires > latest then latest = expires end
  end
  if isPlain and (not kept or #kept < at) then
    if latest > now then
      if not kept then call("GET", KEYS[2]) end
      call("SET", KEYS[2], packRecord(record), "PX", ceil(latest / 1000) - startMs)
    end
    return answer
  end
end
`;
