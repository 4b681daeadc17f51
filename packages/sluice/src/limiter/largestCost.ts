import type { Costs } from "../stores/Store.ts";

/** The cost that decisions tell: of one for each limit, the largest. */
export function largestCost(costs: Costs): number {
  return typeof costs === "number" ? costs : Math.max(0, ...costs);
}
