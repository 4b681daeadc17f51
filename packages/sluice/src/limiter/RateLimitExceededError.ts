import { markAsSluiceError, type SluiceError } from "../errors/SluiceError.ts";
import { type Problem, PROBLEM_TYPE, quotaExceeded, temporaryReducedCapacity } from "../headers/problem.ts";
import { headerList } from "../headers/rateLimitHeaders.ts";
import { retryAfterSeconds } from "../headers/ceilSeconds.ts";
import type { Decision } from "./Decision.ts";
import { readRetryHint, type RetryHint } from "./RetryHint.ts";

/**
 * A refusal, thrown: by `acquire`, `enter`, `run` and limited functions, never by `consume`. It is a reply, too: frameworks
 * that look for `status` and `headers`, or for `getResponse`, answer with it if nobody catches it.
 */
export class RateLimitExceededError extends Error implements SluiceError {
  override readonly name: string = "RateLimitExceededError";
  readonly code = "RATE_LIMIT_EXCEEDED";
  /** 429, or 503 if the reason is that the store failed. */
  readonly status: 429 | 503;
  /** The same, where other frameworks look for it. */
  readonly statusCode: 429 | 503;
  /** The message names the key, and is for you: frameworks that know this field send the words of the status. */
  readonly expose = false;
  /** Who was refused. */
  readonly key: string;
  /** Milliseconds; Infinity if the call can never pass; undefined if nobody knows. */
  readonly retryAfterMs: number | undefined;
  /** That refused; undefined if a limiter of yours made none. */
  readonly decision: Decision | undefined;

  /**
   * @param hint the decision that refused; or `{ retryAfterMs }`, where a limiter of yours knows only that; or nothing
   * @throws ConfigurationError for a hint that is neither
   */
  constructor(key: string, hint?: Decision | RetryHint) {
    const { decision, retryAfterMs } = readRetryHint(hint);
    const who = JSON.stringify(key);
    const what = decision?.reason === "blocked" ? `${who} is blocked` : `rate limit exceeded for ${who}`;
    super(`${what}${inWords(retryAfterMs)}`);
    this.key = key;
    this.status = this.statusCode = decision?.reason === "store-error" ? 503 : 429;
    this.decision = decision;
    this.retryAfterMs = retryAfterMs;
  }

  /** The fields of draft-11, `Retry-After` (1 if nobody knows) and `Cache-Control: no-store`; for others `rateLimitHeaders(decision)`. */
  get headers(): Record<string, string> {
    if (this.decision !== undefined) return Object.fromEntries(headerList([this.decision], {}));
    const seconds = retryAfterSeconds(this.retryAfterMs ?? 1000);
    return { ...(seconds !== undefined && { "Retry-After": `${seconds}` }), "Cache-Control": "no-store" };
  }

  /** The body of the reply (RFC 9457). */
  get problem(): Problem {
    if (this.status === 503) return temporaryReducedCapacity();
    return quotaExceeded(this.decision === undefined ? [] : [this.decision]);
  }

  /** The reply that every adapter gives to a refused request: status, header fields, problem. */
  toResponse(): Response {
    const headers = { ...this.headers, "Content-Type": PROBLEM_TYPE };
    return new Response(JSON.stringify(this.problem), { status: this.status, headers });
  }

  /** The same, where Hono looks for it. */
  getResponse(): Response {
    return this.toResponse();
  }
}
markAsSluiceError(RateLimitExceededError.prototype);

function inWords(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return "";
  return retryAfterMs === Infinity ? ": it can never pass" : `: retry after ${retryAfterMs} ms`;
}
