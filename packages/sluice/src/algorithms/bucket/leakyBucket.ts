import type { Rate } from "../../units/rate.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { bucketLimit } from "./bucketLimit.ts";
import type { BucketParams } from "./step.ts";

/** The options of `leakyBucket`. */
export interface LeakyBucketOptions extends LimitOptions {
  /** What the bucket holds before it overflows: a whole number from 0 to 1e9. It starts empty. 0 refuses everything. */
  capacity: number;
  /** What leaks out: `"5/s"`, `{ amount: 5, per: "1s" }`, or a list that is summed. */
  leak: Rate;
}

/**
 * Leaky bucket as a meter: every call pours its cost in, the bucket leaks at a constant rate, and what would overflow
 * is refused. (Not the queue of the same name, which delays calls.)
 *
 * - Formula: `level = max(0, level - leak * elapsed)`; a cost passes if `level + cost <= capacity`.
 * - State: three numbers a key: when, the level, and its unit.
 * - Source: ITU-T Recommendation I.371, "continuous-state leaky bucket algorithm".
 * - Trade-off: the same decisions as a token bucket of the same numbers, seen from the other side: choose it where
 *   "how full" is the natural question.
 *
 * Details of a decision: `level`, how full it is now, with its fraction.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `LIMIT_TOO_FINE`, `UNKNOWN_OPTION`
 */
export function leakyBucket(options: LeakyBucketOptions): Limit<BucketParams> {
  return bucketLimit(face, options);
}

const face = {
  algorithm: "leaky-bucket",
  owner: "leakyBucket",
  capacity: "capacity",
  rate: "leak",
  details: ({ unit }: BucketParams, state: number[]) => ({ level: state[1] / unit }),
} as const;
