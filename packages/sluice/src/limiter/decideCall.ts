import type { Mode, Plan, PreparedPlan } from "../stores/Store.ts";
import { encodeKey } from "../units/encodeKey.ts";
import type { Decision } from "./Decision.ts";
import type { Cost } from "./Limiter.ts";
import { readCost } from "./readCost.ts";
import { toDecision } from "./toDecision.ts";

/** A plan that a store has prepared, and what its limits are called. */
export interface NamedPlan {
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly prepared: PreparedPlan;
}

/**
 * One call: what is asked in words, what the store answers in numbers, and the decision.
 * @param stateKey under which the states are found, where the key has several in this pool; default `key`
 */
export async function decideCall(
  { plan, names, prepared }: NamedPlan,
  mode: Mode,
  key: string,
  cost: Cost | undefined,
  stateKey: string = key,
): Promise<Decision> {
  const costs = readCost(cost, names);
  const blockKey = encodeKey(key);
  const outcome = await prepared.decide(
    stateKey === key ? blockKey : encodeKey(stateKey),
    costs,
    mode,
    blockKey,
  );
  return toDecision(plan.limits, names, key, costs, outcome);
}
