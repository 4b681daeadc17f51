import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import type { HeaderList } from "./HeaderList.ts";
import { isAtOnce } from "./isAtOnce.ts";
import { partitionKey } from "./partitionKey.ts";
import { type Policy, policyOf } from "./policyOf.ts";
import { ceilSeconds } from "./ceilSeconds.ts";
import { waitMsOf } from "./waitMsOf.ts";

/** Token bucket, leaky bucket and GCRA give back unit by unit, at equal distances. */
const DRIPPING: ReadonlySet<string> = new Set(["token-bucket", "leaky-bucket", "gcra"]);

/** The fields of draft-ietf-httpapi-ratelimit-headers-11: structured fields, an item for each limit. */
export function draft11(decisions: readonly Decision[], withPartition: boolean): HeaderList {
  let policies = "";
  let limits = "";
  for (const decision of decisions) {
    const partition = withPartition ? partitionKey(decision.key) : "";
    for (const limit of decision.limits) {
      const policy = policyOf(limit);
      policies = listed(policies, policy.item + partition);
      const untilMs = decision.reason === "blocked" ? waitMsOf(limit) : untilMoreMs(limit);
      limits = listed(limits, limitItem(policy, limit, untilMs) + partition);
    }
  }
  return [
    ["RateLimit-Policy", policies],
    ["RateLimit", limits],
  ];
}

function listed(list: string, item: string): string {
  return list === "" ? item : `${list}, ${item}`;
}

/**
 * `"default";r=50;t=30`: what remains, and within how many seconds no more than that can be used. Nobody knows when what
 * runs will end.
 */
function limitItem({ start, seconds }: Policy, limit: LimitDecision, untilMs: number): string {
  if (isAtOnce(limit)) return `${start}${limit.remaining}`;
  return `${start}${limit.remaining};t=${Math.min(ceilSeconds(untilMs), seconds ?? 1)}`;
}

/** A refused client is not told to wait longer by `t` than by `Retry-After`. */
function untilMoreMs(limit: LimitDecision): number {
  const until = DRIPPING.has(limit.algorithm) ? untilOneMoreMs(limit) : limit.resetAfterMs;
  return limit.allowed ? until : Math.min(until, waitMsOf(limit));
}

function untilOneMoreMs({ limit, remaining, windowMs, resetAfterMs }: LimitDecision): number {
  const later = limit - remaining - 1;
  return later <= 0 ? resetAfterMs : resetAfterMs - later * (windowMs / limit);
}
