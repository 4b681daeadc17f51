import type { Limit } from "../../algorithms/Limit.ts";

/** What limits do, as text: two lists of the same meaning decide alike, spend from the same states, and are called alike. */
export function meaningOf(limits: readonly Limit[]): string {
  return JSON.stringify(limits.map(partsOf));
}

function partsOf(limit: Limit): unknown {
  const { algorithm, name, by, text, periodMs, params, sharedWidth, countDenied, dryRun } = limit;
  return [algorithm, name, by, text, periodMs, params, sharedWidth, countDenied, dryRun];
}
