import { durationMs } from "../../units/duration.ts";
import { blockKey } from "./blockKey.ts";
import { inspectKey } from "./inspectKey.ts";
import type { Freed } from "../Freed.ts";
import type { Limiter } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { refundKey } from "./refundKey.ts";
import { resetKey } from "./resetKey.ts";

type Verbs = Pick<Limiter, "refund" | "block" | "unblock" | "inspect" | "reset">;

/**
 * The verbs that change what is known of a key, or tell it, and decide nothing.
 * @param freed is told when something has come back
 */
export function acting(planFor: PlanFor, freed: Freed): Verbs {
  return {
    async refund(key, cost) {
      const named = await planFor(key);
      await refundKey(named, key, cost);
      freed(named, key);
    },
    async block(key, duration) {
      const named = await planFor(key);
      await blockKey(named, key, durationMs("block duration", duration));
    },
    unblock: async (key) => blockKey(await planFor(key), key, 0),
    inspect: async (key) => inspectKey(await planFor(key), key),
    async reset(key) {
      const named = await planFor(key);
      await resetKey(named, key);
      freed(named, key);
    },
  };
}
