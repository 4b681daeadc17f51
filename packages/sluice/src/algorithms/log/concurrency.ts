import { checkOptions } from "../../errors/checkOptions.ts";
import { type Duration, durationMs } from "../../units/duration.ts";
import { checkAmount } from "../checkAmount.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { makeLimit } from "../makeLimit.ts";
import { log, type LogParams } from "./step.ts";

/** The options of `concurrency`. */
export interface ConcurrencyOptions extends Omit<LimitOptions, "countDenied"> {
  /** The most that run at once: a whole number from 0 to 10,000. 0 refuses everything. */
  limit: number;
  /**
   * When a permit whose holder has died comes back: from 1 ms to 366 days, 1 minute by default. Whoever lives renews it
   * three times in that time, so it does not bound how long something may run.
   */
  ttl?: Duration | undefined;
}

/**
 * Concurrency: at most `limit` run at once. A permit is taken by `limiter.enter`, `limiter.run` or `limiter.reserve`, and
 * comes back when that ends, or after `ttl` if its process has died. Taken by `consume`, it comes back after `ttl`.
 *
 * - Formula: the sum of the costs of the permits that are neither given back nor older than `ttl`; a cost passes if it and
 *   the sum are at most `limit`.
 * - State: three numbers and two for each permit: a sliding log over `ttl`, of which what ends is given back.
 * - Source: leases, Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file cache
 *   consistency", SOSP 1989.
 * - Trade-off: it bounds the work in hand, whatever its rate; retry-after is when the oldest permit would be given up, and
 *   most come back sooner.
 *
 * Details of a decision: `running`.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `UNKNOWN_OPTION`
 */
export function concurrency(options: ConcurrencyOptions): Limit<LogParams> {
  // No `countDenied`: a refused call does not run.
  checkOptions("concurrency", options, ["limit", "ttl", "name", "by", "dryRun"]);
  const limit = checkAmount("concurrency", "limit", options.limit, MOST);
  const ttlMs = durationMs("concurrency ttl", options.ttl ?? "1m");
  return makeLimit(options, {
    algorithm: "concurrency",
    text: `${limit} at once`,
    limit,
    windowMs: ttlMs,
    periodMs: ttlMs,
    isLease: true,
    machine: log,
    params: { limit, window: ttlMs * 1000, brim: MOST },
    details,
    share: (replicas) => concurrency({ ...options, limit: Math.ceil(limit / replicas) }),
  });
}

/** Each permit takes two numbers in the record of its key. */
const MOST = 10_000;

const details = (_: LogParams, state: number[]) => ({ running: state[1] });
