import type { Freed } from "../Freed.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Limiter } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { readKey } from "../readKey.ts";
import type { Hold } from "./Hold.ts";
import { checkId } from "./readReserve.ts";
import { reserveKey, type Reserved } from "./reserveKey.ts";
import { settleKeys } from "./settleKeys.ts";

/**
 * The verbs for what is paid later.
 * @param freed is told when something may have come back
 */
export function holding(planFor: PlanFor, freed: Freed): Pick<Limiter, "reserve" | "settle" | "cancel"> {
  const settle: Limiter["settle"] = async (key, id, actual) => {
    const named = await planFor(key);
    checkId(id);
    const settlement = await settleKeys(named, { keys: readKey(key, named.subjects) }, id, actual);
    freed(named, key);
    return settlement;
  };
  return {
    async reserve(key, options) {
      const named = await planFor(key);
      return holdOf(named, await reserveKey(named, key, options), () => freed(named, key));
    },
    settle,
    cancel: (key, id) => settle(key, id, 0),
  };
}

function holdOf(named: NamedPlan, { decision, request: { id }, place }: Reserved, freed: () => void): Hold {
  const settle: Hold["settle"] = async (actual) => {
    if (!decision.allowed) return "refused";
    const settlement = await settleKeys(named, place, id, actual);
    freed();
    return settlement;
  };
  return { ...decision, id, settle, cancel: () => settle(0) };
}
