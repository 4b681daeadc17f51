import type { Limiter } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { readKey } from "../readKey.ts";
import { checkId } from "./readReserve.ts";
import { reserveKey } from "./reserveKey.ts";
import { settleKeys } from "./settleKeys.ts";

/** The verbs for what is paid later. */
export function holding(planFor: PlanFor): Pick<Limiter, "reserve" | "settle" | "cancel"> {
  const settle: Limiter["settle"] = async (key, id, actual) => {
    const named = await planFor(key);
    checkId(id);
    return settleKeys(named, readKey(key, named.subjects), id, actual);
  };
  return {
    reserve: async (key, options) => reserveKey(await planFor(key), key, options),
    settle,
    cancel: (key, id) => settle(key, id, 0),
  };
}
