import type { Mode, Outcome, Plan, PreparedPlan } from "../stores/Store.ts";
import { encodeKey } from "../units/encodeKey.ts";
import type { Decision } from "./Decision.ts";
import type { Faults } from "./failure/Faults.ts";
import { withDeadline } from "./failure/withDeadline.ts";
import type { Cost } from "./Limiter.ts";
import { readCost } from "./readCost.ts";
import { toDecision } from "./toDecision.ts";

/** A plan that a store has prepared, what its limits are called, and what happens if the store fails. */
export interface NamedPlan {
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly prepared: PreparedPlan;
  readonly faults: Faults;
}

/**
 * One call: what is asked in words, what the store answers in numbers, and the decision.
 * @param stateKey under which the states are found, where the key has several in this pool; default `key`
 */
export async function decideCall(
  { plan, names, prepared, faults }: NamedPlan,
  mode: Mode,
  key: string,
  cost: Cost | undefined,
  stateKey: string = key,
): Promise<Decision> {
  const costs = readCost(cost, names);
  const blockKey = encodeKey(key);
  const call = { key, stateKey: stateKey === key ? blockKey : encodeKey(stateKey), blockKey, costs, mode };
  const known = prepared.known?.(call.stateKey, costs, blockKey);
  if (known !== undefined) return { ...toDecision(plan.limits, names, key, costs, known), cached: true };
  if (!faults.admits()) return faults.leftAlone(call);
  let outcome: Outcome;
  try {
    outcome = await withDeadline(prepared.decide(call.stateKey, costs, mode, blockKey), faults.timeoutMs);
  } catch (error) {
    return faults.failed(call, error);
  }
  faults.worked();
  return toDecision(plan.limits, names, key, costs, outcome);
}
