import { LimitsError } from "./LimitsError.ts";
import { StoreError } from "./StoreError.ts";

/** Nothing could be decided, and soon perhaps it can: HTTP says 503. */
export function isUnavailable(error: unknown): error is StoreError | LimitsError {
  return error instanceof StoreError || error instanceof LimitsError;
}
