import { isSluiceError } from "../errors/SluiceError.ts";
import type { RateLimitExceededError } from "./RateLimitExceededError.ts";

/** True for a RateLimitExceededError, also for one of another copy of this library in the process. */
export function isRefusal(error: unknown): error is RateLimitExceededError {
  return isSluiceError(error) && error.code === "RATE_LIMIT_EXCEEDED";
}
