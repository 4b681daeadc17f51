import type { Decision, LimitDecision } from "../limiter/Decision.ts";

/**
 * The decisions as clients are told of them: without limits in `dryRun`, without what no store has decided, and while a
 * key is blocked nothing remains of any limit.
 */
export function toldDecisions(decisions: readonly Decision[]): readonly Decision[] {
  if (arePlain(decisions)) return decisions;
  return decisions
    .filter(({ degraded, limits }) => degraded !== "open" && degraded !== "closed" && limits.some(isTold))
    .map((decision) => (isBlocked(decision) ? withNothingLeft(decision) : withoutDryRuns(decision)));
}

/** Nearly all are, and are told as they are. */
function arePlain(decisions: readonly Decision[]): boolean {
  for (const { allowed, degraded, limits } of decisions) {
    if (!allowed || degraded === "open" || limits.length === 0) return false;
    for (const { dryRun } of limits) if (dryRun) return false;
  }
  return true;
}

function isTold({ dryRun }: { readonly dryRun: boolean }): boolean {
  return !dryRun;
}

function withoutDryRuns(decision: Decision): Decision {
  return decision.limits.every(isTold) ? decision : { ...decision, limits: decision.limits.filter(isTold) };
}

/** Also at the request that starts the block, which its limits alone would refuse for less long. */
function isBlocked({ allowed, reason, retryAfterMs, limits }: Decision): boolean {
  if (allowed || reason === "blocked") return !allowed;
  return limits.every(({ dryRun, retryAfterMs: wait }) => dryRun || wait < retryAfterMs);
}

function withNothingLeft(decision: Decision): Decision {
  const { retryAfterMs } = decision;
  const resetAfterMs = Math.max(retryAfterMs, decision.resetAfterMs);
  const limits = decision.limits.filter(isTold).map((limit) => blockedFor(retryAfterMs, limit));
  return { ...decision, reason: "blocked", remaining: 0, resetAfterMs, limits };
}

function blockedFor(retryAfterMs: number, limit: LimitDecision): LimitDecision {
  const resetAfterMs = Math.max(retryAfterMs, limit.resetAfterMs);
  return { ...limit, allowed: false, remaining: 0, retryAfterMs, resetAfterMs };
}
