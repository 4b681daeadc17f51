import { IdentityError } from "../../errors/IdentityError.ts";
import { isUnavailable } from "../../errors/isUnavailable.ts";
import { retryAfterSeconds } from "../../headers/ceilSeconds.ts";
import type { Decision } from "../../limiter/Decision.ts";
import type { WsSocket } from "./WsShapes.ts";

/** Codes of RFC 6455, section 7.4.1, and of its registry. */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const TRY_AGAIN_LATER = 1013;

/** Says why, and after how many seconds a new connection may send again. */
export function closeRefused(socket: WsSocket, { reason, retryAfterMs }: Decision): void {
  const seconds = retryAfterSeconds(retryAfterMs);
  if (reason === "store-error") socket.close(TRY_AGAIN_LATER, "try again later");
  else if (seconds === undefined) socket.close(POLICY_VIOLATION, "rate limit exceeded");
  else socket.close(POLICY_VIOLATION, `rate limit exceeded; retry after ${seconds} s`);
}

/** Says nothing of the cause. */
export function closeAfterError(socket: WsSocket, error: unknown): void {
  if (isUnavailable(error)) socket.close(TRY_AGAIN_LATER, "try again later");
  else if (error instanceof IdentityError && error.status === 400)
    socket.close(POLICY_VIOLATION, "bad request");
  else socket.close(INTERNAL_ERROR, "internal error");
}
