import type { SyncPreparedPlan } from "../Store.ts";

type SyncVerbs = Pick<SyncPreparedPlan, "decideSync" | "resetSync">;

/** Gives synchronous verbs their promised forms: what throws, rejects. */
export function preparedSync({ decideSync, resetSync }: SyncVerbs): SyncPreparedPlan {
  return {
    decideSync,
    resetSync,
    decide: async (key, costs, mode) => decideSync(key, costs, mode),
    reset: async (key) => resetSync(key),
  };
}
