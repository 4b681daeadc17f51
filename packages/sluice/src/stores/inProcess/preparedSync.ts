import type { SyncPreparedPlan } from "../Store.ts";
import { copyOutcome } from "./copyOutcome.ts";

type SyncVerbs = Pick<SyncPreparedPlan, "decideSync" | "resetSync">;

/** Gives synchronous verbs their promised forms: what throws, rejects, and each outcome is its caller's to keep. */
export function preparedSync({ decideSync, resetSync }: SyncVerbs): SyncPreparedPlan {
  return {
    decideSync,
    resetSync,
    decide: async (...call) => copyOutcome(decideSync(...call)),
    reset: async (...keys) => resetSync(...keys),
  };
}
