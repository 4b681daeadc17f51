/** Whole seconds, rounded up. The product undoes the division that made milliseconds of whole microseconds. */
export function ceilSeconds(ms: number): number {
  return Math.ceil(Math.round(ms * 1000) / 1_000_000);
}

/** `Retry-After` (RFC 9110, section 10.2.3): whole seconds, at least 1; undefined if the call can never pass. */
export function retryAfterSeconds(retryAfterMs: number): number | undefined {
  return retryAfterMs === Infinity ? undefined : Math.max(1, ceilSeconds(retryAfterMs));
}
