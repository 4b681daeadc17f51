import type { Decision } from "./Decision.ts";
import { RateLimitExceededError } from "./RateLimitExceededError.ts";

/** @throws RateLimitExceededError if the call is refused */
export function allowedOnly(decision: Decision): Decision {
  if (decision.allowed) return decision;
  throw new RateLimitExceededError(decision.key, decision);
}
