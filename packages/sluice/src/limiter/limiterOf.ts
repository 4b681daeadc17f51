import { RateLimitExceededError } from "./RateLimitExceededError.ts";
import type { Mode, SyncPreparedPlan } from "../stores/Store.ts";
import type { Decision } from "./Decision.ts";
import { decideCall, type NamedPlan } from "./decideCall.ts";
import { entering } from "./entering.ts";
import type { CostOptions, Key, Limiter, SyncLimiter } from "./Limiter.ts";
import { costOption } from "./readCost.ts";
import { readKey } from "./readKey.ts";
import { resetKey } from "./resetKey.ts";

/** The verbs over a plan that a store has prepared. */
export function limiterOf(named: NamedPlan): Limiter | SyncLimiter {
  const { prepared } = named;
  if ("decideSync" in prepared) return syncLimiterOf(named, prepared as SyncPreparedPlan);
  const decide = async (mode: Mode, key: Key, options?: CostOptions) =>
    decideCall(named, mode, key, costOption(options));
  const acquire: Limiter["acquire"] = async (key, options) =>
    allowedOnly(await decide("consume", key, options));
  return {
    consume: (key, options) => decide("consume", key, options),
    acquire,
    ...entering(acquire),
    peek: (key, options) => decide("peek", key, options),
    reset: (key) => resetKey(named, key),
  };
}

/** The same over a store that answers at once: the promised forms only wrap the others, so no await can come between. */
function syncLimiterOf(named: NamedPlan, prepared: SyncPreparedPlan): SyncLimiter {
  const { subjects, faults } = named;
  // Over such a store the way of a call has no promise in it.
  const decide = (mode: Mode, key: Key, options?: CostOptions) =>
    decideCall(named, mode, key, costOption(options)) as Decision;
  const consumeSync = (key: Key, options?: CostOptions) => decide("consume", key, options);
  const acquireSync = (key: Key, options?: CostOptions) => allowedOnly(consumeSync(key, options));
  const peekSync = (key: Key, options?: CostOptions) => decide("peek", key, options);
  const resetSync = (key: Key) => {
    const keys = readKey(key, subjects);
    faults.forget(keys);
    prepared.resetSync(keys);
  };
  const acquire: Limiter["acquire"] = async (key, options) => acquireSync(key, options);
  return {
    consumeSync,
    acquireSync,
    peekSync,
    resetSync,
    consume: async (key, options) => consumeSync(key, options),
    acquire,
    ...entering(acquire),
    peek: async (key, options) => peekSync(key, options),
    reset: async (key) => resetSync(key),
  };
}

function allowedOnly(decision: Decision): Decision {
  if (decision.allowed) return decision;
  throw new RateLimitExceededError(decision.key, decision);
}
