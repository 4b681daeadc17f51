import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { show } from "../errors/show.ts";
import { LARGEST_AMOUNT } from "../units/rate.ts";
import type { Costs } from "../stores/Store.ts";
import type { Cost } from "./Limiter.ts";

/**
 * A cost as the store takes it: one number for all limits, or one for each in order.
 * @throws ConfigurationError `INVALID_COST`
 */
export function readCost(cost: Cost | undefined, names: readonly string[]): Costs {
  if (cost === undefined) return 1;
  return typeof cost === "number" ? checkCost(cost) : readCostMap(cost, names);
}

function readCostMap(cost: Readonly<Record<string, number>>, names: readonly string[]): Costs {
  if (typeof cost !== "object" || cost === null) throw invalidCost(cost);
  for (const name of Object.keys(cost)) {
    if (names.includes(name)) continue;
    const nearest = nearestWord(name, names);
    throw new ConfigurationError(
      "INVALID_COST",
      `no limit is called ${show(name)}; they are ${names.map(show).join(", ")}`,
      {
        value: name,
        nearest: nearest ?? names[0],
      },
    );
  }
  return names.map((name) => (Object.hasOwn(cost, name) ? checkCost(cost[name]) : 1));
}

function checkCost(cost: number): number {
  if (Number.isInteger(cost) && cost >= 0 && cost <= Number.MAX_SAFE_INTEGER) return cost;
  throw invalidCost(cost);
}

function invalidCost(cost: unknown): ConfigurationError {
  const nearest = typeof cost === "number" && cost > 0 && cost <= LARGEST_AMOUNT ? Math.ceil(cost) : 1;
  const message = `a cost must be a whole number from 0, or an object of them by limit, not ${show(cost)}; the nearest is ${nearest}`;
  return new ConfigurationError("INVALID_COST", message, { value: cost, nearest });
}
