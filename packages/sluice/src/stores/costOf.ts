import type { Costs } from "./Store.ts";

/** The cost for the limit at `i`. */
export function costOf(costs: Costs, i: number): number {
  return typeof costs === "number" ? costs : costs[i];
}
