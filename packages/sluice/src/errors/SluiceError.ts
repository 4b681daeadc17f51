/** The codes of every error of this library: stable, for programs. The sentence beside them is for people. */
export type ErrorCode =
  | "INVALID_OPTION"
  | "UNKNOWN_OPTION"
  | "INVALID_LIMIT"
  | "INVALID_DURATION"
  | "LIMIT_TOO_FINE"
  | "NAME_CLASH"
  | "INVALID_KEY"
  | "INVALID_COST"
  | "INVALID_PATTERN"
  | "INVALID_FILE"
  | "INVALID_ADDRESS"
  | "UNREACHABLE_RULE"
  | "INVALID_IDENTITY"
  | "MISSING_IDENTITY"
  | "MISSING_SESSION"
  | "KEYS_UNAVAILABLE"
  | "RATE_LIMIT_EXCEEDED"
  | "LIMITER_CLOSED"
  | "LIMITS_FAILED"
  | "LIMITS_TIMEOUT"
  | "STORE_FAILED"
  | "STORE_TIMEOUT"
  | "STORE_CLOSED"
  | "STORE_MISCONFIGURED"
  | "STORE_CONTENDED"
  | "UNKNOWN_RECORD_VERSION";

/** What every error of this library has. */
export interface SluiceError extends Error {
  /** Stable, for programs. */
  readonly code: ErrorCode;
}

const mark = Symbol.for("sluice.error");

/** Marks a class of errors as ours, also across two copies of the library in one process. */
export function markAsSluiceError(prototype: object): void {
  Object.defineProperty(prototype, mark, { value: true });
}

/** True for every error that this library throws; then `error.code` is one of {@link ErrorCode}. */
export function isSluiceError(error: unknown): error is SluiceError {
  return typeof error === "object" && error !== null && mark in error;
}
