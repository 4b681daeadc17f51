import type { Limit } from "../algorithms/Limit.ts";
import type { Outcome } from "./Store.ts";

/** The longest wait of a refused call, in microseconds; Infinity if it can never pass. */
export function waitOf(limits: readonly Limit[], { verdicts, blockedFor }: Outcome): number {
  let longest = blockedFor;
  for (let i = 0; i < limits.length; i++) {
    if (!limits[i].dryRun && verdicts[i].wait > longest) longest = verdicts[i].wait;
  }
  return longest;
}
