import { EventStream } from "../../events/EventStream.ts";
import { durationMs } from "../../units/duration.ts";
import { allowedOnly } from "../allowedOnly.ts";
import type { Decision } from "../Decision.ts";
import { entering, permitOf } from "../verbs/entering.ts";
import { costsGiven } from "../costsGiven.ts";
import { constantHolds } from "./constantHolds.ts";
import type { Cost, CostOptions, Key, Limiter, SyncLimiter } from "../Limiter.ts";
import { keyText } from "../keyText.ts";
import { largestCost } from "../largestCost.ts";
import { many } from "../verbs/many.ts";
import { costOption } from "../readCost.ts";
import { emitDecision } from "../tellDecision.ts";
import { readWait } from "../waiting/WaitOptions.ts";

/** What it says to every call. */
type Answer = Omit<Decision, "key" | "cost">;

/**
 * A limiter with one answer for everybody. It keeps nothing, does not look at the key, and has no limits to update.
 * @param name how events call it
 * @param text how `inspect` says it
 */
export function constantLimiter(name: string, text: string, answer: Answer): SyncLimiter {
  const events = new EventStream();
  const sync = syncVerbs(name, answer, events);
  const { consumeSync, acquireSync, peekSync } = sync;
  const verbs = {
    consume: async (key, options) => consumeSync(key, options),
    acquire: async (key, options) => acquireSync(key, options),
    async wait(key, options) {
      const { cost, signal } = readWait(options);
      signal?.throwIfAborted();
      return consumeSync(key, { cost });
    },
    ...entering(async (key, options) => permitOf(acquireSync(key, options))),
    ...constantHolds(consumeSync, answer.allowed ? "settled" : "refused"),
    peek: async (key, options) => peekSync(key, options),
    refund: async (_, cost) => void costOf(cost),
    block: async (_, duration) => void durationMs("block duration", duration),
    async unblock() {},
    inspect: async (key) => ({ key: keyText(key), blocked: false, blockedForMs: 0, limits: [], text }),
    async reset() {},
  } satisfies Partial<Limiter>;
  return { ...sync, ...verbs, ...many(verbs), close() {}, update() {}, events };
}

type SyncVerbs = Omit<SyncLimiter, keyof Limiter>;

function syncVerbs(name: string, answer: Answer, events: EventStream): SyncVerbs {
  const peekSync = (key: Key, options?: CostOptions): Decision => ({
    ...answer,
    key: keyText(key),
    cost: costOf(costOption(options)),
  });
  const consumeSync = (key: Key, options?: CostOptions): Decision => {
    const decision = peekSync(key, options);
    if (events.wantsDecisions) emitDecision({ name, events, dryRun: false }, decision, undefined);
    return decision;
  };
  const acquireSync = (key: Key, options?: CostOptions) => allowedOnly(consumeSync(key, options));
  return { consumeSync, acquireSync, peekSync, resetSync() {} };
}

/** Costs by limits are taken by any name, since there is no limit that could have one. */
function costOf(cost: Cost | undefined): number {
  return largestCost(costsGiven(cost));
}
