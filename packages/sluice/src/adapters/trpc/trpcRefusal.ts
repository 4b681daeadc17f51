import type { LimitsError } from "../../errors/LimitsError.ts";
import type { StoreError } from "../../errors/StoreError.ts";
import type { RateLimitExceededError } from "../../limiter/RateLimitExceededError.ts";

/** tRPC takes an error of this name for one of its own, whichever copy of it threw. */
class TrpcRefusal extends Error {
  override readonly name = "TRPCError";
  readonly code: "TOO_MANY_REQUESTS" | "SERVICE_UNAVAILABLE";

  constructor(cause: RateLimitExceededError | StoreError | LimitsError) {
    super(cause.status === 429 ? "Too Many Requests" : "Service Unavailable", { cause });
    this.code = cause.status === 429 ? "TOO_MANY_REQUESTS" : "SERVICE_UNAVAILABLE";
  }
}

/** What tRPC answers with 429 or 503. Its message goes to the client, and names no key. */
export function trpcRefusal(cause: RateLimitExceededError | StoreError | LimitsError): Error {
  return new TrpcRefusal(cause);
}

/** True for one of these: a middleware further in has answered. */
export function isTrpcRefusal(error: unknown): boolean {
  return error instanceof TrpcRefusal;
}
