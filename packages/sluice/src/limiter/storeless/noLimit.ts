import { constantLimiter } from "./constantLimiter.ts";
import type { SyncLimiter } from "../Limiter.ts";

/**
 * A limiter that lets everything pass and claims no numbers: `limit` and `remaining` are Infinity. It does not look at the
 * key. For the default of an option, and for tests of what is limited.
 */
export function noLimit(): SyncLimiter {
  return constantLimiter("noLimit", "everything passes", {
    allowed: true,
    limit: Infinity,
    remaining: Infinity,
    retryAfterMs: 0,
    resetAfterMs: 0,
    reason: "ok",
    degraded: false,
    limits: [],
  });
}
