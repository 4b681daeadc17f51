import { durationMs } from "../../units/duration.ts";
import { blockKey } from "./blockKey.ts";
import { inspectKey } from "./inspectKey.ts";
import type { Limiter } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { refundKey } from "./refundKey.ts";
import { resetKey } from "./resetKey.ts";

type Verbs = Pick<Limiter, "refund" | "block" | "unblock" | "inspect" | "reset">;

/**
 * The verbs that change what is known of a key, or tell it, and decide nothing.
 * @param freed is told when something has come back
 */
export function acting(planFor: PlanFor, freed: () => void): Verbs {
  return {
    async refund(key, cost) {
      await refundKey(await planFor(key), key, cost);
      freed();
    },
    async block(key, duration) {
      const named = await planFor(key);
      await blockKey(named, key, durationMs("block duration", duration));
    },
    unblock: async (key) => blockKey(await planFor(key), key, 0),
    inspect: async (key) => inspectKey(await planFor(key), key),
    async reset(key) {
      await resetKey(await planFor(key), key);
      freed();
    },
  };
}
