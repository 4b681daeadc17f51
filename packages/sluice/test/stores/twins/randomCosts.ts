import type { Costs, Plan } from "sluice";
import type { Random } from "./Random.ts";

/** One for all limits, or one for each: what fits, what does not, and what never can. */
export function randomCosts(random: Random, { limits }: Plan): Costs {
  if (random.chance(0.5)) return randomCost(random, random.pick(limits).limit);
  return limits.map(({ limit }) => randomCost(random, limit));
}

function randomCost(random: Random, limit: number): number {
  if (random.chance(0.5)) return 1;
  if (random.chance(0.8)) return random.below(limit + 1);
  return Math.max(
    0,
    random.pick([0, 1, 2, limit, limit - 1, limit + 1, Math.ceil(limit / 2), Number.MAX_SAFE_INTEGER]),
  );
}
