/** How long a call waits, in milliseconds: Infinity is null in a decision that was kept as JSON. */
export function waitMsOf({ retryAfterMs }: { readonly retryAfterMs: number | null }): number {
  return retryAfterMs ?? Infinity;
}
