import type { Decision } from "../limiter/Decision.ts";

/**
 * The name of the limit that refuses, of several the one with the longest wait; where the call is allowed, of the limits that
 * only tell. Undefined if no limit refuses.
 */
export function refusingLimit({ allowed, limits }: Decision): string | undefined {
  let name: string | undefined;
  let longest = -1;
  for (const limit of limits) {
    if (limit.allowed || limit.dryRun !== allowed || limit.retryAfterMs <= longest) continue;
    name = limit.name;
    longest = limit.retryAfterMs;
  }
  return name;
}
