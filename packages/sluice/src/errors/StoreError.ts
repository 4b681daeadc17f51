import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/** The store could not decide. `cause` is what its client threw. */
export class StoreError extends Error implements SluiceError {
  override readonly name: string = "StoreError";
  readonly code: ErrorCode;

  constructor(
    code: "STORE_FAILED" | "STORE_CLOSED" | "STORE_MISCONFIGURED" | "UNKNOWN_RECORD_VERSION",
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
markAsSluiceError(StoreError.prototype);
