import type { Limit } from "../../algorithms/Limit.ts";

/** Milliseconds after which nothing is left of what was used of these limits: of a whole one, and of as much debt. */
export function longestLife(limits: readonly Limit[]): number {
  return Math.max(0, ...limits.map((limit) => (2 * lifeOf(limit)) / 1000));
}

/** Microseconds for which a whole limit is used, spent as a window begins. */
function lifeOf({ machine, params, limit }: Limit): number {
  const verdict = { fits: false, wait: 0, remaining: 0, reset: 0, life: 0, state: [] };
  machine.step(params, Array<number>(machine.width).fill(0), 0, limit, false, verdict);
  return verdict.life;
}
