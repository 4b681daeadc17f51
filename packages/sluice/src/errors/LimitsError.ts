import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/**
 * The function that was given as `limits` did not tell them: nothing was decided and nothing charged. `cause` is what it
 * threw. Frameworks that look for `status` answer 503.
 */
export class LimitsError extends Error implements SluiceError {
  override readonly name: string = "LimitsError";
  readonly code: ErrorCode;
  readonly status = 503;
  readonly statusCode = 503;

  constructor(code: "LIMITS_FAILED" | "LIMITS_TIMEOUT", message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
markAsSluiceError(LimitsError.prototype);
