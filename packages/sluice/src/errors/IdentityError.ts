import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/**
 * Nobody was found behind a request (`MISSING_IDENTITY`), or what was found cannot be counted (`INVALID_IDENTITY`).
 * The message never holds a key or a header's value: it may be logged.
 */
export class IdentityError extends Error implements SluiceError {
  override readonly name: string = "IdentityError";
  readonly code: ErrorCode;
  /** The status that frameworks answer if nobody catches it: 400 where the request is at fault, else 500. */
  readonly status: 400 | 500;

  constructor(code: "INVALID_IDENTITY" | "MISSING_IDENTITY", message: string, status: 400 | 500 = 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
markAsSluiceError(IdentityError.prototype);
