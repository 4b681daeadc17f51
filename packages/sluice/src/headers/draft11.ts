import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import type { HeaderList } from "./HeaderList.ts";
import { isAtOnce } from "./isAtOnce.ts";
import { partitionKey } from "./partitionKey.ts";
import { ceilSeconds } from "./seconds.ts";
import { windowSeconds } from "./windowSeconds.ts";

/** Token bucket, leaky bucket and GCRA give back unit by unit, at equal distances. */
const DRIPPING: ReadonlySet<string> = new Set(["token-bucket", "leaky-bucket", "gcra"]);

/** The fields of draft-ietf-httpapi-ratelimit-headers-11: structured fields, an item for each limit. */
export function draft11(decisions: readonly Decision[], withPartition: boolean): HeaderList {
  let policies = "";
  let limits = "";
  for (const decision of decisions) {
    const partition = withPartition ? partitionKey(decision.key) : "";
    for (const limit of decision.limits) {
      const comma = policies === "" ? "" : ", ";
      policies += comma + policyItem(limit) + partition;
      limits += comma + limitItem(limit) + partition;
    }
  }
  return [
    ["RateLimit-Policy", policies],
    ["RateLimit", limits],
  ];
}

/**
 * `"default";q=100;w=60`: the quota and its window in whole seconds, which is left out below one second. A limit on what
 * runs at once has no window, and counts in a unit of its own.
 */
function policyItem(limit: LimitDecision): string {
  if (isAtOnce(limit)) return `${quote(limit.name)};q=${limit.limit};qu="concurrent-requests"`;
  const window = windowSeconds(limit);
  return `${quote(limit.name)};q=${limit.limit}${window === undefined ? "" : `;w=${window}`}`;
}

/**
 * `"default";r=50;t=30`: what remains, and within how many seconds no more than that can be used. Nobody knows when what
 * runs will end.
 */
function limitItem(limit: LimitDecision): string {
  if (isAtOnce(limit)) return `${quote(limit.name)};r=${limit.remaining}`;
  const seconds = Math.min(ceilSeconds(untilMoreMs(limit)), windowSeconds(limit) ?? 1);
  return `${quote(limit.name)};r=${limit.remaining};t=${seconds}`;
}

/** A refused client is not told to wait longer by `t` than by `Retry-After`. */
function untilMoreMs(limit: LimitDecision): number {
  const until = DRIPPING.has(limit.algorithm) ? untilOneMoreMs(limit) : limit.resetAfterMs;
  return limit.allowed || limit.retryAfterMs === Infinity ? until : Math.min(until, limit.retryAfterMs);
}

function untilOneMoreMs({ limit, remaining, windowMs, resetAfterMs }: LimitDecision): number {
  const later = limit - remaining - 1;
  return later <= 0 ? resetAfterMs : resetAfterMs - later * (windowMs / limit);
}

/** A structured field string (RFC 9651, section 4.1.6). Names are printable ASCII. */
function quote(name: string): string {
  return name.includes('"') || name.includes("\\") ? `"${name.replace(/["\\]/g, "\\$&")}"` : `"${name}"`;
}
