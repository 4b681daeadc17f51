import type { Limit } from "../algorithms/Limit.ts";
import type { Verdict } from "../algorithms/Machine.ts";
import { costOf } from "../stores/costOf.ts";
import type { Costs, Outcome } from "../stores/Store.ts";
import { waitOf } from "../stores/waitOf.ts";
import type { Decision, LimitDecision, Reason } from "./Decision.ts";
import { keyText } from "./keyText.ts";
import { largestCost } from "./largestCost.ts";
import type { Key } from "./Limiter.ts";

/** Puts an outcome into words: microseconds become milliseconds, numbers get their names. */
export function toDecision(
  limits: readonly Limit[],
  names: readonly string[],
  key: Key,
  costs: Costs,
  outcome: Outcome,
): Decision {
  const { allowed } = outcome;
  // A literal is made in one go with all that is in it, which a list of unknown length is not: a fifth of the whole.
  const each =
    limits.length === 1
      ? [toLimitDecision(limits[0], names[0], costOf(costs, 0), outcome.verdicts[0], outcome.now)]
      : limits.map((limit, i) =>
          toLimitDecision(limit, names[i], costOf(costs, i), outcome.verdicts[i], outcome.now),
        );
  const nearest = nearestOf(limits, outcome);
  const spokesman = nearest < 0 ? UNLIMITED : each[nearest];
  const wait = allowed ? 0 : waitOf(limits, outcome);
  return {
    allowed,
    key: keyText(key),
    cost: largestCost(costs),
    limit: spokesman.limit,
    remaining: spokesman.remaining,
    retryAfterMs: wait / 1000,
    resetAfterMs: spokesman.resetAfterMs,
    reason: allowed ? "ok" : reasonOf(outcome, wait),
    degraded: outcome.overflow ? "overflow" : false,
    limits: each,
  };
}

/** What a call that no limit takes part in says. */
const UNLIMITED = { limit: Infinity, remaining: Infinity, resetAfterMs: 0 };

function toLimitDecision(
  limit: Limit,
  name: string,
  cost: number,
  verdict: Verdict,
  now: number,
): LimitDecision {
  return {
    name,
    algorithm: limit.algorithm,
    allowed: verdict.fits,
    dryRun: limit.dryRun,
    cost,
    limit: limit.limit,
    remaining: verdict.remaining,
    windowMs: limit.windowMs,
    retryAfterMs: verdict.wait / 1000,
    resetAfterMs: verdict.reset / 1000,
    details: limit.details(limit.params, verdict.state, now),
  };
}

/** The place of the limit that speaks for all, or -1 if none takes part. */
function nearestOf(limits: readonly Limit[], { allowed, verdicts }: Outcome): number {
  let nearest = -1;
  for (let i = 0; i < limits.length; i++) {
    if (limits[i].dryRun) continue;
    if (nearest < 0 || isNearer(verdicts[i], verdicts[nearest], allowed)) nearest = i;
  }
  return nearest;
}

/** On a refusal the limit with the longest wait among those that refuse, else the one with the least left. */
function isNearer(a: Verdict, b: Verdict, allowed: boolean): boolean {
  if (allowed || (a.fits && b.fits)) return a.remaining < b.remaining;
  if (a.fits !== b.fits) return b.fits;
  return a.wait > b.wait;
}

function reasonOf(outcome: Outcome, wait: number): Reason {
  if (wait === Infinity) return "never";
  return outcome.blocked ? "blocked" : "limited";
}
