import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/** The store could not decide. `cause` is what its client threw. Frameworks that look for `status` answer 503. */
export class StoreError extends Error implements SluiceError {
  override readonly name: string = "StoreError";
  readonly code: ErrorCode;
  readonly status = 503;
  readonly statusCode = 503;

  constructor(
    code:
      | "STORE_FAILED"
      | "STORE_TIMEOUT"
      | "STORE_CLOSED"
      | "STORE_MISCONFIGURED"
      | "STORE_CONTENDED"
      | "UNKNOWN_RECORD_VERSION",
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
markAsSluiceError(StoreError.prototype);
