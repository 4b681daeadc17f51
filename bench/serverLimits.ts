import { fixedWindow, type Limit, slidingWindow, tokenBucket } from "sluice";

/** More than a run takes of one key, so that all is admitted. */
export const LIMIT = 1_999_993;
export const WINDOW_MS = 1_800_000;
/** The two further windows of those with three limits. */
export const OTHER_WINDOWS_MS = [WINDOW_MS * 2, WINDOW_MS / 2] as const;
/** On a busy machine an answer may be late: it must not be given without the store, or it would be too fast. */
export const FAILING = { onStoreError: "throw", timeoutMs: 10_000 } as const;

export function bucket(): Limit {
  return tokenBucket({ capacity: LIMIT, refill: { amount: LIMIT, per: WINDOW_MS } });
}

export function sliding(window: number): Limit {
  return slidingWindow({ limit: LIMIT, window });
}

export function twoWindows(): Limit[] {
  const [longer, shorter] = OTHER_WINDOWS_MS;
  return [fixedWindow({ limit: LIMIT, window: longer }), sliding(shorter)];
}
