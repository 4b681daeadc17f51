import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import { isAtOnce } from "./isAtOnce.ts";

/**
 * How long a refused client is told to wait, in milliseconds; Infinity if the call can never pass. Of a limit on
 * concurrency the decision tells when the oldest permit comes back if its holder has died. One comes back as soon as a
 * request ends, nearly always long before, so such a limit asks for no wait of its own.
 */
export function toldWaitMs({ reason, retryAfterMs, limits }: Decision): number {
  const refusing = limits.filter(({ allowed, dryRun }) => !allowed && !dryRun);
  if (reason !== "limited" || !refusing.some(isAtOnce)) return retryAfterMs;
  // A block that this call has started lasts longer.
  if (longestWait(refusing) < retryAfterMs) return retryAfterMs;
  return longestWait(refusing.filter((limit) => !isAtOnce(limit)));
}

function longestWait(limits: readonly LimitDecision[]): number {
  return Math.max(0, ...limits.map(({ retryAfterMs }) => retryAfterMs));
}
