import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { numberIn } from "../errors/numberIn.ts";
import { show } from "../errors/show.ts";
import { showWhole } from "../errors/showWhole.ts";
import type { Costs } from "../stores/Store.ts";
import type { Cost, CostOptions } from "./Limiter.ts";

/**
 * A cost as the store takes it: one number for all limits, or one for each in order.
 * @throws ConfigurationError `INVALID_COST`
 */
export function readCost(cost: Cost | undefined, names: readonly string[]): Costs {
  if (cost === undefined) return 1;
  return typeof cost === "number" ? checkCost(cost) : readCostMap(cost, names);
}

/**
 * The cost that stands in the options of a call. A limiter of another make may have taken the cost itself here, and so
 * may a slip of the pen: neither is charged as 1.
 * @throws ConfigurationError `INVALID_COST`, `UNKNOWN_OPTION`
 */
export function costOption(options: CostOptions | undefined): Cost | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    const message = `a call takes an object of options such as { cost: 5 }, not ${show(options)}`;
    throw new ConfigurationError("INVALID_COST", message, { value: options, nearest: { cost: 1 } });
  }
  for (const name in options) if (name !== "cost") checkOptions("a call", options, ["cost"]);
  return options.cost;
}

function readCostMap(cost: Readonly<Record<string, number>>, names: readonly string[]): Costs {
  if (typeof cost !== "object" || cost === null || Array.isArray(cost)) throw invalidCost(cost);
  const given = Object.keys(cost);
  if (given.length === 0 && !isRecord(cost)) throw invalidCost(cost);
  for (const name of given) {
    if (names.includes(name)) continue;
    const nearest = nearestWord(name, names);
    const known = names.length === 0 ? "there are none" : `they are ${names.map(show).join(", ")}`;
    const hint = name === "cost" ? "; a cost of all limits is the number alone, as in refund(key, 2)" : "";
    throw new ConfigurationError("INVALID_COST", `no limit is called ${show(name)}; ${known}${hint}`, {
      value: name,
      nearest: nearest ?? names[0],
    });
  }
  return names.map((name) => (Object.hasOwn(cost, name) ? checkCost(cost[name]) : 1));
}

/** A promise and a Map have no keys of their own either, and would be taken for 1. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function checkCost(cost: number): number {
  if (Number.isInteger(cost) && cost >= 0 && cost <= Number.MAX_SAFE_INTEGER) return cost;
  throw invalidCost(cost);
}

function invalidCost(cost: unknown): ConfigurationError {
  const meant = typeof cost === "string" ? numberIn(cost) : cost;
  const isNumber = typeof meant === "number" && !Number.isNaN(meant);
  const nearest = isNumber ? Math.min(Math.max(Math.ceil(meant), 0), Number.MAX_SAFE_INTEGER) : undefined;
  const hint = nearest === undefined ? "" : `; the nearest is ${nearest}`;
  const message = `a cost must be a whole number from 0, or an object of them by limit, not ${showWhole(cost)}${hint}`;
  return new ConfigurationError("INVALID_COST", message, { value: cost, nearest });
}
