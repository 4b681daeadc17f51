import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/** The codes of an IdentityError. */
export type IdentityErrorCode = Extract<
  ErrorCode,
  "INVALID_IDENTITY" | "MISSING_IDENTITY" | "MISSING_SESSION" | "KEYS_UNAVAILABLE"
>;

/**
 * Nobody was found behind a request (`MISSING_IDENTITY`), what was found cannot be counted (`INVALID_IDENTITY`), or nobody
 * could be looked for: there is no session (`MISSING_SESSION`), or no key to verify a token with (`KEYS_UNAVAILABLE`).
 * The message never holds a key or a header's value: it may be logged.
 */
export class IdentityError extends Error implements SluiceError {
  override readonly name: string = "IdentityError";
  readonly code: ErrorCode;
  /** The status that frameworks answer if nobody catches it: 400 where the request is at fault, else 500. */
  readonly status: 400 | 500;

  constructor(
    code: IdentityErrorCode,
    message: string,
    status: 400 | 500 = 500,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.status = status;
  }
}
markAsSluiceError(IdentityError.prototype);
