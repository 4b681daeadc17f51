import { constantLimiter } from "./constantLimiter.ts";
import type { SyncLimiter } from "../Limiter.ts";

/**
 * A limiter that refuses everything, as a limit of 0 does: reason `"never"`, no time to come back, no `Retry-After`. It does
 * not look at the key. For tests of what happens to those who are refused.
 */
export function alwaysDeny(): SyncLimiter {
  return constantLimiter("alwaysDeny", "nothing passes", {
    allowed: false,
    limit: 0,
    remaining: 0,
    retryAfterMs: Infinity,
    resetAfterMs: 0,
    reason: "never",
    degraded: false,
    limits: [],
  });
}
