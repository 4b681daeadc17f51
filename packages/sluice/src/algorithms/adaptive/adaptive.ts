import { type Duration, durationMs } from "../../units/duration.ts";
import { type Rate, reduceRate } from "../../units/rate.ts";
import { rateText } from "../../units/rateText.ts";
import type { Details, Limit, LimitOptions } from "../Limit.ts";
import type { State } from "../Machine.ts";
import { checkAmount } from "../checkAmount.ts";
import { checkLimitOptions, makeLimit } from "../makeLimit.ts";
import { adaptiveParams } from "./adaptiveParams.ts";
import { adaptive as machine, type AdaptiveParams, burstCap, loadAt } from "./step.ts";

/** The options of `adaptive`. */
export interface AdaptiveOptions extends LimitOptions {
  /** The sustained rate, in calls a window: a whole number from 0 to 1e9. 0 refuses everything. */
  limit: number;
  /** From 1 ms to 366 days. */
  window: Duration;
  /** The burst cap when quiet is `limit * burstMultiplier`: at least 1, in thousandths. Default 2. */
  burstMultiplier?: number | undefined;
  /** How far back the load is sensed. Default five windows, at most 366 days. */
  loadWindow?: Duration | undefined;
  /** The load from which the cap is cut by the whole `penalty`: above `lowLoad`, at most 1, in thousandths. Default 0.8. */
  highLoad?: number | undefined;
  /** The load up to which the cap stays whole: from 0, in thousandths. Default 0.4. */
  lowLoad?: number | undefined;
  /** The share of the cap that is cut under high load: 0 to 1, in thousandths. Default 0.5. */
  penalty?: number | undefined;
  /** Whose calls are sensed: each key's own, or those of all keys of the pool together. Default `"key"`. */
  load?: "key" | "shared" | undefined;
  /** What counts as a load of 1 over all keys: `"5000/s"`. Needed by, and only for, `load: "shared"`. */
  loadLimit?: Rate | undefined;
  /** A ceiling on any window, however quiet: a whole number from `limit` to 1e9. Default: none but the cap. */
  hardLimit?: number | undefined;
}

const OWN = [
  "limit",
  "window",
  "burstMultiplier",
  "loadWindow",
  "highLoad",
  "lowLoad",
  "penalty",
  "load",
  "loadLimit",
  "hardLimit",
];

/**
 * Adaptive: a generous burst while it is quiet, a tighter one under load, and the same average always.
 *
 * - Formula: `load` = the cost admitted in the last `loadWindow`, by what `limit` allows in that time.
 *   `cap = limit * burstMultiplier`, less `penalty` of it under high load, linear in between. A cost passes if a sliding
 *   window guard and a bucket refilled by `limit / window` both stay within the cap.
 * - State: eight numbers a key: the bucket (3), the guard's two counts, the sensor's time and two counts.
 * - Source: the adaptive limiter of smart-ratelimiter, with counters in place of its logs.
 * - Trade-off: fits tenants who are mostly idle; the limit at a given moment is harder to tell in advance than any other.
 *
 * Details of a decision: `tokens`, `effectiveBurst`, `load` (1 is `limit` used up), `windowCount`, and `layer`, which of
 * `"sliding_window"` and `"token_bucket"` is nearer to refusing, the guard where both are full.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `INVALID_OPTION`, `LIMIT_TOO_FINE`, `UNKNOWN_OPTION`
 */
export function adaptive(options: AdaptiveOptions): Limit<AdaptiveParams> {
  checkLimitOptions("adaptive", options, OWN);
  const limit = checkAmount("adaptive", "limit", options.limit);
  const windowMs = durationMs("adaptive window", options.window);
  const params = adaptiveParams(options, limit, windowMs);
  return makeLimit(options, {
    algorithm: "adaptive",
    text: rateText({ amount: limit, periodMs: windowMs }),
    limit: Math.min(params.cap, params.hardLimit),
    windowMs,
    periodMs: windowMs,
    machine,
    params,
    sharedWidth: options.load === "shared" ? 3 : 0,
    details,
    share: (replicas) => adaptive(shareOf(options, replicas)),
  });
}

function shareOf(options: AdaptiveOptions, replicas: number): AdaptiveOptions {
  const { limit, hardLimit, loadLimit, ...rest } = options;
  const share = (amount: number) => Math.ceil(amount / replicas);
  // One by one, since the sum of several may be too large to be written as one.
  const loadShares = [loadLimit ?? []].flat().map((rate) => {
    const { amount, periodMs } = reduceRate("adaptive loadLimit", rate);
    return { amount: share(amount), per: periodMs };
  });
  return {
    ...rest,
    limit: share(limit),
    ...(hardLimit !== undefined && { hardLimit: share(hardLimit) }),
    ...(loadLimit !== undefined && { loadLimit: loadShares }),
  };
}

function details(params: AdaptiveParams, state: State, now: number): Details {
  const { unit, window } = params;
  const effectiveBurst = burstCap(params, state, now, now);
  const level = state[1] / unit;
  const windowCount = state[3] + state[4] * (1 - (now % window) / window);
  // The guard is asked first.
  const isGuardNearer = windowCount > level || Math.ceil(windowCount) >= effectiveBurst;
  return {
    layer: isGuardNearer ? "sliding_window" : "token_bucket",
    tokens: Math.max(0, effectiveBurst - level),
    effectiveBurst,
    load: loadAt(params, state, now, now) / 1000,
    windowCount,
  };
}
