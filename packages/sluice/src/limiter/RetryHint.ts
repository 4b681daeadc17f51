import { checkOptions } from "../errors/checkOptions.ts";
import type { Decision } from "./Decision.ts";
import { readAmount } from "./readAmount.ts";

/** When somebody who was refused may come back, where there is no decision that tells it. */
export interface RetryHint {
  /** Milliseconds; below 0 counts as 0; Infinity if the call can never pass. Default: nobody knows. */
  retryAfterMs?: number | undefined;
}

/** What a RateLimitExceededError is told, taken apart. */
export function readRetryHint(hint: Decision | RetryHint = {}): {
  readonly decision: Decision | undefined;
  readonly retryAfterMs: number | undefined;
} {
  if (isDecision(hint)) return { decision: hint, retryAfterMs: hint.retryAfterMs };
  const owner = "RateLimitExceededError";
  checkOptions(owner, hint, ["retryAfterMs"]);
  return { decision: undefined, retryAfterMs: readAmount(owner, "retryAfterMs", hint.retryAfterMs) };
}

function isDecision(hint: Decision | RetryHint): hint is Decision {
  return typeof hint === "object" && hint !== null && "allowed" in hint;
}
