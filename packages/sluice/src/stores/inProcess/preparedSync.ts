import type { SyncPreparedPlan } from "../Store.ts";
import { copyOutcome } from "./copyOutcome.ts";

type SyncVerbs = Pick<SyncPreparedPlan, "decideSync" | "actSync" | "resetSync">;

/** Gives synchronous verbs their promised forms: what throws, rejects, and each outcome is its caller's to keep. */
export function preparedSync({ decideSync, actSync, resetSync }: SyncVerbs): SyncPreparedPlan {
  return {
    decideSync,
    actSync,
    resetSync,
    decide: async (...call) => copyOutcome(decideSync(...call)),
    act: async (...call) => actSync(...call),
    reset: async (...keys) => resetSync(...keys),
  };
}
