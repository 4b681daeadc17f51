import { type LimitsInput, memoryStore, rateLimiter, type SyncLimiter } from "../../src/index.ts";
import { type ManualClock, manualClock } from "../../src/testing/index.ts";

/** A limiter at a clock that stands still. */
export function manualLimiter(limits: LimitsInput): { limiter: SyncLimiter; clock: ManualClock } {
  const clock = manualClock();
  return { limiter: rateLimiter({ limits, store: memoryStore({ clock }) }), clock };
}
