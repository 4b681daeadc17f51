import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import { isAtOnce } from "./isAtOnce.ts";
import { waitMsOf } from "./waitMsOf.ts";

/** What a client is asked to wait for something that may end at any moment. */
const A_SECOND_MS = 1000;

/**
 * How long a refused client is told to wait, in milliseconds; Infinity if the call can never pass. Of a limit on
 * concurrency the decision tells when the oldest permit comes back if its holder has died. One comes back as soon as a
 * request ends, nearly always long before, so such a limit asks for a second.
 */
export function toldWaitMs(decision: Decision): number {
  const waitMs = waitMsOf(decision);
  const refusing = decision.limits.filter(({ allowed, dryRun }) => !allowed && !dryRun);
  if (decision.reason !== "limited" || !refusing.some(isAtOnce)) return waitMs;
  // A block that this call has started lasts longer.
  if (refusing.every((limit) => waitMsOf(limit) < waitMs)) return waitMs;
  return Math.max(...refusing.map(waitFor));
}

function waitFor(limit: LimitDecision): number {
  return isAtOnce(limit) ? Math.min(A_SECOND_MS, waitMsOf(limit)) : waitMsOf(limit);
}
