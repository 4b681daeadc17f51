import type { Limit } from "../algorithms/Limit.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Cost } from "../limiter/Limiter.ts";
import { readCost } from "../limiter/readCost.ts";
import { costOf } from "../stores/costOf.ts";

/**
 * Refuses a cost above what a limit can ever let pass at once. A limit of 0 is meant to refuse, and a dry run refuses nobody.
 * @throws ConfigurationError `INVALID_COST`
 */
export function checkCapacity(cost: Cost, limits: readonly Limit[], names: readonly string[]): void {
  const costs = readCost(cost, names);
  const i = limits.findIndex(({ limit, dryRun }, i) => !dryRun && limit > 0 && costOf(costs, i) > limit);
  if (i === -1) return;
  const most = limits[i].limit;
  const nearest = typeof cost === "number" ? most : { ...cost, [names[i]]: most };
  const message = `a cost of ${costOf(costs, i)} can never pass the limit ${show(names[i])}, which lets ${most} pass at once; the nearest is ${most}`;
  throw new ConfigurationError("INVALID_COST", message, { value: cost, nearest });
}
