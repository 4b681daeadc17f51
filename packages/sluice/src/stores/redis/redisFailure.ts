import { StoreError } from "../../errors/StoreError.ts";

/** The server works, and will not do this for us until somebody changes its or our configuration. */
const MISCONFIGURED = /\b(?:WRONGTYPE|CROSSSLOT|NOPERM|NOAUTH|WRONGPASS)\b|permission|not allowed to|ACL/;

/** What a client or a server said, as an error of ours. */
export function redisFailure(error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  const code = MISCONFIGURED.test(message) ? "STORE_MISCONFIGURED" : "STORE_FAILED";
  return new StoreError(code, `Redis failed: ${message}`, error);
}
