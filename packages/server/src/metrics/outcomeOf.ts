import type { Decision } from "sluice";
import type { Outcome } from "./Metrics.ts";

/** @param dryRun whether the decision refuses nobody */
export function outcomeOf({ allowed, reason }: Decision, dryRun: boolean): Outcome {
  if (allowed) return "allowed";
  if (dryRun) return "dry-run";
  return reason === "ok" ? "limited" : reason;
}
