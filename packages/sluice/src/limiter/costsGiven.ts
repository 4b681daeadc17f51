import type { Costs } from "../stores/Store.ts";
import type { Cost } from "./Limiter.ts";
import { readCost } from "./readCost.ts";

/**
 * Costs by the names that they are given for, where the limits are not known yet, or there are none.
 * @throws ConfigurationError `INVALID_COST`
 */
export function costsGiven(cost: Cost | undefined): Costs {
  return readCost(cost, Object.keys(cost ?? {}));
}
