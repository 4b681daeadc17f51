import type { Decision, Reason } from "../limiter/Decision.ts";

/** What became of a call. `"dry-run"`: let through, and a limit or rule that only tells would have refused it. */
export type DecisionOutcome = "allowed" | "dry-run" | Exclude<Reason, "ok">;

/**
 * A decision as metrics count it.
 * @param dryRun the rule only tells: nobody was refused, whatever the decision says
 */
export function outcomeOf({ allowed, reason, limits }: Decision, dryRun: boolean): DecisionOutcome {
  if (allowed) return limits.some((limit) => limit.dryRun && !limit.allowed) ? "dry-run" : "allowed";
  if (dryRun) return "dry-run";
  return reason === "ok" ? "limited" : reason;
}
