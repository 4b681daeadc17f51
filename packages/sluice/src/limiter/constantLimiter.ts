import { EventStream } from "../events/EventStream.ts";
import { allowedOnly } from "./allowedOnly.ts";
import type { Decision } from "./Decision.ts";
import { entering } from "./entering.ts";
import type { CostOptions, Key, Limiter, SyncLimiter } from "./Limiter.ts";
import { costOption, readCost } from "./readCost.ts";
import { emitDecision } from "./tellDecision.ts";

/**
 * A limiter with one answer for everybody. It keeps nothing, does not look at the key, and has no limits to update.
 * @param name how events call it
 */
export function constantLimiter(name: string, answer: Omit<Decision, "key" | "cost">): SyncLimiter {
  const events = new EventStream();
  const peekSync = (key: Key, options?: CostOptions): Decision => ({
    ...answer,
    key: typeof key === "string" ? key : JSON.stringify(key),
    cost: largestCost(options),
  });
  const consumeSync = (key: Key, options?: CostOptions) => {
    const decision = peekSync(key, options);
    if (events.wantsDecisions) emitDecision({ name, events, dryRun: false }, decision, undefined);
    return decision;
  };
  const acquireSync = (key: Key, options?: CostOptions) => allowedOnly(consumeSync(key, options));
  const acquire: Limiter["acquire"] = async (key, options) => acquireSync(key, options);
  return {
    consumeSync,
    acquireSync,
    peekSync,
    resetSync() {},
    consume: async (key, options) => consumeSync(key, options),
    acquire,
    ...entering(acquire),
    peek: async (key, options) => peekSync(key, options),
    async reset() {},
    update() {},
    events,
  };
}

/** Costs by limits are taken by any name, since there is no limit that could have one. */
function largestCost(options: CostOptions | undefined): number {
  const cost = costOption(options);
  const costs = readCost(cost, Object.keys(cost ?? {}));
  return typeof costs === "number" ? costs : Math.max(0, ...costs);
}
