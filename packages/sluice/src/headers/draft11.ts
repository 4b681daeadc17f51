import type { LimitDecision } from "../limiter/Decision.ts";
import { ceilSeconds } from "./seconds.ts";

/** Token bucket, leaky bucket and GCRA give back unit by unit, at equal distances. */
const DRIPPING: ReadonlySet<string> = new Set(["token-bucket", "leaky-bucket", "gcra"]);

/**
 * `"default";q=100;w=60`: the quota and its window in whole seconds, which is left out below one second.
 * Source: draft-ietf-httpapi-ratelimit-headers-11, "Quota Policy Item".
 */
export function policyItem(limit: LimitDecision, partition: string): string {
  const window = windowSeconds(limit);
  return `${quote(limit.name)};q=${limit.limit}${window === undefined ? "" : `;w=${window}`}${partition}`;
}

/**
 * `"default";r=50;t=30`: what remains, and the whole seconds until there is one more.
 * Source: draft-ietf-httpapi-ratelimit-headers-11, "Service Limit Item".
 */
export function limitItem(limit: LimitDecision, partition: string): string {
  const seconds = Math.min(ceilSeconds(untilOneMoreMs(limit)), windowSeconds(limit) ?? 1);
  return `${quote(limit.name)};r=${limit.remaining};t=${seconds}${partition}`;
}

/** The window, or the time in which a bucket fills, in whole seconds rounded up; undefined below one second. */
export function windowSeconds({ windowMs }: LimitDecision): number | undefined {
  return windowMs < 1000 ? undefined : Math.ceil(windowMs / 1000);
}

/** Until one more unit where they drip back; until the reset where they come back together. */
function untilOneMoreMs({ algorithm, limit, remaining, windowMs, resetAfterMs }: LimitDecision): number {
  if (!DRIPPING.has(algorithm) || limit === 0) return resetAfterMs;
  const later = limit - remaining - 1;
  return later <= 0 ? resetAfterMs : resetAfterMs - later * (windowMs / limit);
}

/** A structured field string (RFC 9651, section 4.1.6). Names are printable ASCII. */
function quote(name: string): string {
  return `"${name.replace(/["\\]/g, "\\$&")}"`;
}
