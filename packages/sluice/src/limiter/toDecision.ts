import type { Limit } from "../algorithms/Limit.ts";
import type { Verdict } from "../algorithms/Machine.ts";
import { costOf } from "../stores/inProcess/decide.ts";
import type { Costs, Outcome } from "../stores/Store.ts";
import type { Decision, LimitDecision, Reason } from "./Decision.ts";

/** Puts an outcome into words: microseconds become milliseconds, numbers get their names. */
export function toDecision(limits: readonly Limit[], names: readonly string[], key: string, costs: Costs, outcome: Outcome): Decision {
  const each: LimitDecision[] = [];
  let nearest = -1;
  let wait = outcome.blockedFor;
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    const verdict = outcome.verdicts[i];
    each.push(toLimitDecision(limit, names[i], costOf(costs, i), verdict, outcome.now));
    if (limit.dryRun) continue;
    if (!outcome.allowed && verdict.wait > wait) wait = verdict.wait;
    if (nearest < 0 || isNearer(verdict, outcome.verdicts[nearest], outcome.allowed)) nearest = i;
  }
  const spokesman = nearest < 0 ? UNLIMITED : each[nearest];
  return {
    allowed: outcome.allowed,
    key,
    cost: typeof costs === "number" ? costs : Math.max(0, ...costs),
    limit: spokesman.limit,
    remaining: spokesman.remaining,
    retryAfterMs: outcome.allowed ? 0 : wait / 1000,
    resetAfterMs: spokesman.resetAfterMs,
    reason: reasonOf(outcome, wait),
    degraded: outcome.overflow ? "overflow" : false,
    limits: each,
  };
}

/** What a call that no limit takes part in says. */
const UNLIMITED = { limit: Infinity, remaining: Infinity, resetAfterMs: 0 };

function toLimitDecision(limit: Limit, name: string, cost: number, verdict: Verdict, now: number): LimitDecision {
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

/** On a refusal the limit with the longest wait among those that refuse, else the one with the least left. */
function isNearer(a: Verdict, b: Verdict, allowed: boolean): boolean {
  if (allowed || (a.fits && b.fits)) return a.remaining < b.remaining;
  if (a.fits !== b.fits) return b.fits;
  return a.wait > b.wait;
}

function reasonOf(outcome: Outcome, wait: number): Reason {
  if (outcome.allowed) return "ok";
  if (wait === Infinity) return "never";
  return outcome.blocked ? "blocked" : "limited";
}
