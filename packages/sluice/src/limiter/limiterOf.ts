import { RateLimitExceededError } from "./RateLimitExceededError.ts";
import type { Mode, Plan, PreparedPlan, SyncPreparedPlan } from "../stores/Store.ts";
import { encodeKey } from "../units/encodeKey.ts";
import type { Decision } from "./Decision.ts";
import { decideCall } from "./decideCall.ts";
import type { CostOptions, Limiter, SyncLimiter } from "./Limiter.ts";
import { costOption, readCost } from "./readCost.ts";
import { toDecision } from "./toDecision.ts";

/** The verbs over a plan that a store has prepared. */
export function limiterOf(
  plan: Plan,
  names: readonly string[],
  prepared: PreparedPlan | SyncPreparedPlan,
): Limiter | SyncLimiter {
  const decide = async (mode: Mode, key: string, options?: CostOptions) =>
    decideCall({ plan, names, prepared }, mode, key, costOption(options));
  const limiter: Limiter = {
    consume: (key, options) => decide("consume", key, options),
    acquire: async (key, options) => allowedOnly(await decide("consume", key, options)),
    peek: (key, options) => decide("peek", key, options),
    reset: async (key) => prepared.reset(encodeKey(key)),
  };
  return "decideSync" in prepared ? syncLimiterOf(plan, names, prepared) : limiter;
}

/** The same over a store that answers at once: the promised forms only wrap the others, so no await can come between. */
function syncLimiterOf(plan: Plan, names: readonly string[], prepared: SyncPreparedPlan): SyncLimiter {
  const decide = (mode: Mode, key: string, options?: CostOptions): Decision => {
    const costs = readCost(costOption(options), names);
    return toDecision(plan.limits, names, key, costs, prepared.decideSync(encodeKey(key), costs, mode));
  };
  const consumeSync = (key: string, options?: CostOptions) => decide("consume", key, options);
  const acquireSync = (key: string, options?: CostOptions) => allowedOnly(consumeSync(key, options));
  const peekSync = (key: string, options?: CostOptions) => decide("peek", key, options);
  const resetSync = (key: string) => prepared.resetSync(encodeKey(key));
  return {
    consumeSync,
    acquireSync,
    peekSync,
    resetSync,
    consume: async (key, options) => consumeSync(key, options),
    acquire: async (key, options) => acquireSync(key, options),
    peek: async (key, options) => peekSync(key, options),
    reset: async (key) => resetSync(key),
  };
}

function allowedOnly(decision: Decision): Decision {
  if (decision.allowed) return decision;
  throw new RateLimitExceededError(decision.key, decision);
}
