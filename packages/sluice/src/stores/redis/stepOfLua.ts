/**
 * Finds the step of a machine, by its number, and makes it when it is first needed: each function that is made costs.
 * @param makers one for each machine, Lua that sets `made` to its step
 */
export function stepOfLua(makers: readonly string[]): string {
  const branches = makers.map((maker, i) => `if machine == ${i + 1} then\n${maker.trim()}\nelse`);
  return [BEGIN, ...branches, "if not made then error('no such machine') end\n", END].join("");
}

const BEGIN = `
local steps = {}
local function stepOf(machine)
  local made = steps[machine]
  if made then return made end
`;
const END = `
  steps[machine] = made
  return made
end
`;
