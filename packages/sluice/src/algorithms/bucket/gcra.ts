import type { Rate } from "../../units/rate.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { bucketLimit } from "./bucketLimit.ts";
import type { BucketParams } from "./step.ts";

/** The options of `gcra`. */
export interface GcraOptions extends LimitOptions {
  /** The sustained rate: `"5/s"`, `{ amount: 5, per: "1s" }`, or a list that is summed. */
  rate: Rate;
  /** What passes at one instant from idle, all in all: a whole number from 0 to 1e9. 0 refuses everything. */
  burst: number;
}

/**
 * Generic cell rate algorithm: a call may come at most `burst - 1` intervals before its theoretical arrival time.
 *
 * - Formula: with `T = 1 / rate`, a cost `n` passes if `max(tat, now) + n * T - now <= burst * T`; then
 *   `tat = max(tat, now) + n * T`.
 * - State: three numbers a key: when, how far `tat` is ahead, and its unit. The integers are those of the token bucket:
 *   `tat - now = level / rate`.
 * - Source: ITU-T Recommendation I.371 and ATM Forum TM 4.0, "virtual scheduling algorithm".
 * - Trade-off: the same decisions as a token bucket with `capacity: burst`; choose it where spacing is the question.
 *
 * Details of a decision: `tatMs`, how far the theoretical arrival time of the next call is ahead, in milliseconds.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `LIMIT_TOO_FINE`, `UNKNOWN_OPTION`
 */
export function gcra(options: GcraOptions): Limit<BucketParams> {
  return bucketLimit(face, options);
}

const face = {
  algorithm: "gcra",
  owner: "gcra",
  capacity: "burst",
  rate: "rate",
  details: ({ rate, tick }: BucketParams, state: number[]) => ({
    tatMs: Math.ceil((state[1] / rate) * tick) / 1000,
  }),
} as const;
