import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Timer } from "../stores/Clock.ts";
import type { Mode, SyncPreparedPlan } from "../stores/Store.ts";
import { acting } from "./verbs/acting.ts";
import { allowedOnly } from "./allowedOnly.ts";
import type { Decision } from "./Decision.ts";
import { decideCall } from "./decideCall.ts";
import type { Freed } from "./Freed.ts";
import type { NamedPlan } from "./NamedPlan.ts";
import { entering, permitOf } from "./verbs/entering.ts";
import { holdLease, hasLease } from "./holds/holdLease.ts";
import { holding } from "./holds/holding.ts";
import type { CostOptions, Key, Limiter, SyncLimiter } from "./Limiter.ts";
import type { PlanFor } from "./limits/PlanFor.ts";
import type { Plans } from "./limits/Plans.ts";
import { many } from "./verbs/many.ts";
import { costOption } from "./readCost.ts";
import { readKey } from "./readKey.ts";
import { Endings } from "./waiting/Endings.ts";
import { hostTimer, idleTimer } from "./waiting/hostTimer.ts";
import { Lines } from "./waiting/Lines.ts";
import { readWait } from "./waiting/WaitOptions.ts";

/** The verbs of a limiter. Each first finds the plan that its key stands under. */
export function limiterOf(plans: Plans, timer: Timer | undefined): Limiter | SyncLimiter {
  const planFor: PlanFor = (key) => plans.planFor(key);
  // Without an await where nothing has to be waited for, so that none can come between.
  const decide = async (mode: Mode, key: Key, options?: CostOptions) => {
    const cost = costOption(options);
    const named = planFor(key);
    return named instanceof Promise
      ? named.then((found) => decideCall(found, mode, key, cost))
      : decideCall(named, mode, key, cost);
  };
  const endings = new Endings();
  const lines = new Lines(planFor, timer ?? hostTimer, endings);
  const freed: Freed = (named, key) => lines.askAgain(named, key);
  const keeper = { timer: timer ?? idleTimer, endings };
  const enter: Limiter["enter"] = async (key, options) => {
    const named = await planFor(key);
    if (hasLease(named)) return holdLease(named, { key, cost: costOption(options) }, keeper, freed);
    return permitOf(allowedOnly(await decide("consume", key, options)));
  };
  const verbs = {
    consume: (key, options) => decide("consume", key, options),
    acquire: async (key, options) => allowedOnly(await decide("consume", key, options)),
    wait: async (key, options) => lines.wait(key, readWait(options)),
    ...entering(enter),
    ...holding(planFor, freed),
    peek: (key, options) => decide("peek", key, options),
    ...acting(planFor, freed),
    ...(plans.isSync ? syncVerbs(plans, freed) : undefined),
  } satisfies Partial<Limiter>;
  const limiter: Limiter = {
    ...verbs,
    ...many(verbs),
    close: () => endings.close(),
    events: plans.events,
    update(change) {
      plans.update(change);
      lines.allAskAgain();
    },
  };
  return limiter;
}

type SyncVerbs = Omit<SyncLimiter, keyof Limiter>;

/** Over a store that answers at once. */
function syncVerbs(plans: Plans, freed: Freed): SyncVerbs {
  // Over such a store the way of a call has no promise in it.
  const decide = (mode: Mode, key: Key, options?: CostOptions) =>
    decideCall(plans.fixed ?? planNow(plans, key), mode, key, costOption(options)) as Decision;
  return {
    consumeSync: (key, options) => decide("consume", key, options),
    acquireSync: (key, options) => allowedOnly(decide("consume", key, options)),
    peekSync: (key, options) => decide("peek", key, options),
    resetSync(key) {
      const named = planNow(plans, key);
      const { subjects, faults, prepared } = named;
      const keys = readKey(key, subjects);
      faults.forget(keys);
      (prepared as SyncPreparedPlan).resetSync(keys);
      freed(named, key);
    },
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
