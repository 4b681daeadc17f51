import type { NamedPlan } from "../decideCall.ts";
import type { Limiter } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { readKey } from "../readKey.ts";
import type { Hold } from "./Hold.ts";
import { checkId } from "./readReserve.ts";
import { reserveKey, type Reserved } from "./reserveKey.ts";
import { settleKeys } from "./settleKeys.ts";

/** The verbs for what is paid later. */
export function holding(planFor: PlanFor): Pick<Limiter, "reserve" | "settle" | "cancel"> {
  const settle: Limiter["settle"] = async (key, id, actual) => {
    const named = await planFor(key);
    checkId(id);
    return settleKeys(named, { keys: readKey(key, named.subjects) }, id, actual);
  };
  return {
    async reserve(key, options) {
      const named = await planFor(key);
      return holdOf(named, await reserveKey(named, key, options));
    },
    settle,
    cancel: (key, id) => settle(key, id, 0),
  };
}

function holdOf(named: NamedPlan, { decision, request: { id }, place }: Reserved): Hold {
  const settle: Hold["settle"] = async (actual) =>
    decision.allowed ? settleKeys(named, place, id, actual) : "refused";
  return { ...decision, id, settle, cancel: () => settle(0) };
}
