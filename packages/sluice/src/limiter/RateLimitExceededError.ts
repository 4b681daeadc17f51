import type { Decision } from "./Decision.ts";
import { markAsSluiceError, type SluiceError } from "../errors/SluiceError.ts";

/** A refusal, thrown: by `acquire`, never by `consume`. Frameworks that look for `status` answer with it. */
export class RateLimitExceededError extends Error implements SluiceError {
  override readonly name: string = "RateLimitExceededError";
  readonly code = "RATE_LIMIT_EXCEEDED";
  /** 429, or 503 if the store failed and the limiter fails closed. */
  readonly status: 429 | 503;
  readonly statusCode: 429 | 503;
  readonly key: string;
  /** Milliseconds; Infinity if the call can never pass; undefined if nobody knows. */
  readonly retryAfterMs: number | undefined;
  readonly decision: Decision | undefined;

  constructor(key: string, decision?: Decision) {
    super(`rate limit exceeded for ${JSON.stringify(key)}${hint(decision)}`);
    this.key = key;
    this.status = this.statusCode = decision?.degraded === "closed" ? 503 : 429;
    this.decision = decision;
    this.retryAfterMs = decision?.retryAfterMs;
  }
}
markAsSluiceError(RateLimitExceededError.prototype);

function hint(decision: Decision | undefined): string {
  if (decision === undefined) return "";
  return decision.retryAfterMs === Infinity
    ? ": it can never pass"
    : `: retry after ${decision.retryAfterMs} ms`;
}
