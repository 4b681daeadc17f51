import { IdentityError, type Reply, StoreError } from "sluice";
import { problemReply } from "../reply/problemReply.ts";
import { storeErrorReply } from "../reply/storeErrorReply.ts";
import type { Context } from "../serve/Context.ts";
import { BadRequestError } from "./BadRequestError.ts";

/** The answer to a request that could not be decided. Counts it, and tells people what they can do something about. */
export function failureReply({ metrics, log, store }: Context, error: unknown): Reply {
  if (error instanceof StoreError) {
    metrics.decided("none", "store-error");
    store.failed("throw", error);
    return storeErrorReply();
  }
  if (error instanceof IdentityError) {
    const { code, status, message } = error;
    metrics.decided("none", "no-identity");
    if (status === 400) return problemReply(400, { detail: message, code });
    log.complainOnce(code, `${code}: nobody was found behind a request; see onMissingIdentity`);
    return problemReply(status, { code });
  }
  metrics.decided("none", "error");
  if (error instanceof BadRequestError) return problemReply(error.status, { detail: error.message });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.complainOnce(String(error), `internal error: ${text}`);
  return problemReply(500);
}
