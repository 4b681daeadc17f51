import type { LimitDecision } from "./Decision.ts";

/** What one limit knows of a key. */
export interface LimitInspection extends Pick<
  LimitDecision,
  "name" | "algorithm" | "limit" | "remaining" | "windowMs" | "resetAfterMs" | "details"
> {
  /** `limit` less `remaining`. */
  readonly used: number;
}

/** The state of a key, looked at without charging anything. Plain data. */
export interface Inspection {
  /** As it was given; the keys of several subjects as JSON. */
  readonly key: string;
  /** It is refused, whatever its limits say. */
  readonly blocked: boolean;
  /** Milliseconds until the block ends; 0 without one. */
  readonly blockedForMs: number;
  /** In the order of the limits. */
  readonly limits: readonly LimitInspection[];
  /** The same in words: `default: 7 of 10 left, all back in 12.5 s (tokens 7.25)`. */
  readonly text: string;
}
