import { checkOptions } from "../../errors/checkOptions.ts";
import { durationMs } from "../../units/duration.ts";
import type { Limiter, SyncLimiter } from "../Limiter.ts";
import { costsGiven } from "../costsGiven.ts";
import type { Settlement } from "../holds/Hold.ts";
import { checkId } from "../holds/readReserve.ts";

/** The verbs for what is paid later, where nothing is kept: every reservation ends alike. */
export function constantHolds(
  consumeSync: SyncLimiter["consumeSync"],
  settlement: Settlement,
): Pick<Limiter, "reserve" | "settle" | "cancel"> {
  const settle: Limiter["settle"] = async (_, id, actual) => {
    checkId(id);
    costsGiven(actual);
    return settlement;
  };
  return {
    async reserve(key, options = {}) {
      checkOptions("reserve", options, ["cost", "ttl", "id"]);
      const { cost, ttl, id = crypto.randomUUID() } = options;
      checkId(id);
      if (ttl !== undefined) durationMs("reserve ttl", ttl);
      return {
        ...consumeSync(key, { cost }),
        id,
        settle: (actual) => settle(key, id, actual),
        cancel: async () => settlement,
      };
    },
    settle,
    cancel: (key, id) => settle(key, id, 0),
  };
}
