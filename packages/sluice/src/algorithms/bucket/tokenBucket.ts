import type { Rate } from "../../units/rate.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { bucketLimit } from "./bucketLimit.ts";
import type { BucketParams } from "./step.ts";

/** The options of `tokenBucket`. */
export interface TokenBucketOptions extends LimitOptions {
  /** The largest burst, in tokens: a whole number from 0 to 1e9. The bucket starts full. 0 refuses everything. */
  capacity: number;
  /** Tokens that come back: `"5/s"`, `{ amount: 5, per: "1s" }`, or a list that is summed. */
  refill: Rate;
}

/**
 * Token bucket: a burst of `capacity`, then `refill` for ever.
 *
 * - Formula: `tokens = min(capacity, tokens + refill * elapsed)`; a cost passes if it is at most `tokens`.
 * - State: three numbers a key: when, how much is missing, and its unit.
 * - Source: J. Turner, "New directions in communications (or which way to the information age?)", IEEE
 *   Communications Magazine 24(10), 1986; RFC 2697 section 3.
 * - Trade-off: bursts are welcome, and a client that keeps to the refill rate is never refused; over any time `T` up to
 *   `capacity + refill * T` pass, so a window may see more than one `capacity`. Where the numbers are too fine for
 *   microseconds, time goes in whole milliseconds, and up to one millisecond's refill more may pass.
 *
 * Details of a decision: `tokens`, what is there now, with its fraction.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `LIMIT_TOO_FINE`, `UNKNOWN_OPTION`
 */
export function tokenBucket(options: TokenBucketOptions): Limit<BucketParams> {
  return bucketLimit(face, options);
}

const face = {
  algorithm: "token-bucket",
  owner: "tokenBucket",
  capacity: "capacity",
  rate: "refill",
  details: ({ capacity, unit }: BucketParams, state: number[]) => ({ tokens: capacity - state[1] / unit }),
} as const;
