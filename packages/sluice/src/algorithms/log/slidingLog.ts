import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { type Duration, durationMs } from "../../units/duration.ts";
import { rateText } from "../../units/rateText.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { checkAmount } from "../checkAmount.ts";
import { checkLimitOptions, makeLimit } from "../makeLimit.ts";
import { log, type LogParams } from "./step.ts";

/** The options of `slidingLog`. */
export interface SlidingLogOptions extends LimitOptions {
  /** The most in any window: a whole number from 0 to `maxEntries`. 0 refuses everything. */
  limit: number;
  /** From 1 ms to 366 days: milliseconds, `"10s"`, or `{ minutes: 1, seconds: 30 }`. */
  window: Duration;
  /**
   * How many entries one key may keep: a whole number from 1 to 1e6, 1000 by default. An entry takes two numbers, so
   * 1000 of them take up to 16 kB a key in memory and are read and written whole in a shared store.
   */
  maxEntries?: number | undefined;
}

/**
 * Sliding log: every admitted call is remembered, so that no window of that length, wherever it begins, sees more than
 * `limit`.
 *
 * - Formula: the sum of the costs admitted in `(now - window, now]`; a cost passes if it and the sum are at most `limit`.
 * - State: three numbers and two for each admitted call in the window.
 * - Source: "How to Design a Scalable Rate Limiting Algorithm", Kong blog, 2017, "sliding log".
 * - Trade-off: exact, and the dearest: memory grows with the limit.
 *
 * Details of a decision: `used` in the window.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `UNKNOWN_OPTION`
 */
export function slidingLog(options: SlidingLogOptions): Limit<LogParams> {
  checkLimitOptions("slidingLog", options, ["limit", "window", "maxEntries"]);
  const maxEntries = checkAmount("slidingLog", "maxEntries", options.maxEntries ?? 1000, MOST_ENTRIES, 1);
  const limit = checkAmount("slidingLog", "limit", options.limit);
  const windowMs = durationMs("slidingLog window", options.window);
  if (limit > maxEntries) throw tooLong(limit, maxEntries);
  return makeLimit(options, {
    algorithm: "sliding-log",
    text: rateText({ amount: limit, periodMs: windowMs }),
    limit,
    windowMs,
    periodMs: windowMs,
    machine: log,
    params: { limit, window: windowMs * 1000, brim: limit },
    details,
    share: (replicas) => slidingLog({ ...options, limit: Math.ceil(limit / replicas) }),
  });
}

const MOST_ENTRIES = 1_000_000;

function tooLong(limit: number, maxEntries: number): ConfigurationError {
  return new ConfigurationError(
    "INVALID_LIMIT",
    `slidingLog keeps an entry a call, so limit ${limit} must be at most maxEntries (${maxEntries}); ` +
      `take ${maxEntries}, raise maxEntries, or use slidingWindow, which keeps two counts`,
    { value: limit, nearest: maxEntries, path: "limit" },
  );
}

const details = (_: LogParams, state: number[]) => ({ used: state[1] });
