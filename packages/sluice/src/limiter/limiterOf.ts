import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Mode, SyncPreparedPlan } from "../stores/Store.ts";
import { allowedOnly } from "./allowedOnly.ts";
import type { Decision } from "./Decision.ts";
import { decideCall, type NamedPlan } from "./decideCall.ts";
import { entering } from "./entering.ts";
import type { CostOptions, Key, Limiter, SyncLimiter } from "./Limiter.ts";
import type { Plans } from "./limits/Plans.ts";
import { costOption } from "./readCost.ts";
import { readKey } from "./readKey.ts";
import { resetKey } from "./resetKey.ts";

/** The verbs of a limiter. Each first finds the plan that its key stands under. */
export function limiterOf(plans: Plans): Limiter | SyncLimiter {
  // Without an await where nothing has to be waited for, so that none can come between.
  const decide = async (mode: Mode, key: Key, options?: CostOptions) => {
    const cost = costOption(options);
    const named = plans.planFor(key);
    return decideCall(named instanceof Promise ? await named : named, mode, key, cost);
  };
  const acquire: Limiter["acquire"] = async (key, options) =>
    allowedOnly(await decide("consume", key, options));
  const limiter: Limiter = {
    consume: (key, options) => decide("consume", key, options),
    acquire,
    ...entering(acquire),
    peek: (key, options) => decide("peek", key, options),
    reset: async (key) => resetKey(await plans.planFor(key), key),
    events: plans.events,
    update: (change) => plans.update(change),
  };
  return plans.isSync ? { ...limiter, ...syncVerbs(plans) } : limiter;
}

type SyncVerbs = Omit<SyncLimiter, keyof Limiter> & Pick<SyncLimiter, "reset">;

/** Over a store that answers at once. */
function syncVerbs(plans: Plans): SyncVerbs {
  // Over such a store the way of a call has no promise in it.
  const decide = (mode: Mode, key: Key, options?: CostOptions) =>
    decideCall(planNow(plans, key), mode, key, costOption(options)) as Decision;
  const resetUnder = ({ subjects, faults, prepared }: NamedPlan, key: Key) => {
    const keys = readKey(key, subjects);
    faults.forget(keys);
    (prepared as SyncPreparedPlan).resetSync(keys);
  };
  return {
    consumeSync: (key, options) => decide("consume", key, options),
    acquireSync: (key, options) => allowedOnly(decide("consume", key, options)),
    peekSync: (key, options) => decide("peek", key, options),
    resetSync: (key) => resetUnder(planNow(plans, key), key),
    reset: async (key) => resetUnder(await plans.planFor(key), key),
  };
}

function planNow(plans: Plans, key: Key): NamedPlan {
  const named = plans.planFor(key);
  if (!(named instanceof Promise)) return named;
  // Its answer is not waited for, and neither is its error.
  named.catch(() => {});
  const message =
    "the function given as limits answered with a promise, and a synchronous verb cannot wait; use the verb without Sync";
  throw new ConfigurationError("INVALID_LIMIT", message, { path: "limits" });
}
