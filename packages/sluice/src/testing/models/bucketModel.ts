import { bucketLevel, drainOf, type ModelRate } from "./bucketLevel.ts";
import type { Model } from "./Model.ts";

/** The options of `bucketModel`. */
export interface BucketModelOptions {
  readonly capacity: number;
  /** What comes back: the sum of these. */
  readonly rates: readonly ModelRate[];
  /** Microseconds in a tick: what drains, drains at whole ticks since the epoch. */
  readonly tick: number;
}

/**
 * Token bucket, leaky bucket and GCRA: calls conform if in no stretch of time that begins with one of them more is spent
 * than `capacity` and what the rate gives back in that time.
 */
export function bucketModel({ capacity, rates, tick }: BucketModelOptions): Model {
  const drain = drainOf(rates, tick);
  const full = BigInt(capacity) * drain.denominator;
  return {
    room: (calls, now) => Number((full - bucketLevel(calls, drain, capacity, now)) / drain.denominator),
  };
}
