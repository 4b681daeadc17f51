import type { Limit } from "../../algorithms/Limit.ts";
import { costOf } from "../../stores/costOf.ts";
import type { Plan, SyncPreparedPlan, SyncStore } from "../../stores/Store.ts";
import type { Decision } from "../Decision.ts";
import type { StoreCall } from "../StoreCall.ts";
import { toDecision } from "../toDecision.ts";
import { PAUSE_MS } from "./Breaker.ts";
import type { StandIn } from "./standIns.ts";

/**
 * Decides in this process, where each limit is its share of the whole.
 * @throws ConfigurationError `LIMIT_TOO_FINE` if a share cannot be kept exactly
 */
export function localStandIn(
  plan: Plan,
  names: readonly string[],
  replicas: number,
  local: () => SyncStore,
): StandIn {
  const limits = plan.limits.map((limit) => limit.share(replicas));
  let prepared: SyncPreparedPlan | undefined;
  const ready = () => (prepared ??= local().prepare({ ...plan, limits }));
  return {
    answer(call) {
      const { keys, costs, mode, act, blockKey } = call;
      const outcome =
        act === undefined
          ? ready().decideSync(keys, costs, mode, blockKey)
          : ready().actSync(keys, act, blockKey);
      const decision = toDecision(limits, names, call.key, call.costs, outcome);
      return { decision: { ...hopeful(decision, plan.limits, call), degraded: "local" }, outcome };
    },
    act: (keys, act) => ready().actSync(keys, act),
    // Under other limits of the same limiter something may have been spent.
    forget: (keys) => ready().resetSync(keys),
  };
}

/** A cost over the share only, and not over the whole limit, can pass when the store works again. */
function hopeful(decision: Decision, whole: readonly Limit[], { costs }: StoreCall): Decision {
  const fits = whole.every(({ limit, dryRun }, i) => dryRun || (limit > 0 && costOf(costs, i) <= limit));
  if (decision.reason !== "never" || !fits) return decision;
  return { ...decision, reason: "store-error", retryAfterMs: PAUSE_MS };
}
