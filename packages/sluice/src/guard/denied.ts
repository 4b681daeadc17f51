import type { Decision } from "../limiter/Decision.ts";

/** What a deny list says: no, whenever. */
export function denied(key: string): Decision {
  return {
    allowed: false,
    key,
    cost: 0,
    limit: 0,
    remaining: 0,
    retryAfterMs: Infinity,
    resetAfterMs: 0,
    reason: "denied",
    degraded: false,
    limits: [],
  };
}
