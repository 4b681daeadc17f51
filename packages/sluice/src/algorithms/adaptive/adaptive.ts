import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { show } from "../../errors/show.ts";
import { type Duration, durationMs, LONGEST_MS } from "../../units/duration.ts";
import { greatestCommonDivisor } from "../../units/greatestCommonDivisor.ts";
import { LARGEST_AMOUNT } from "../../units/largestAmount.ts";
import { type Rate, type ReducedRate, reduceRate } from "../../units/rate.ts";
import { rateText } from "../../units/rateText.ts";
import { finestTick } from "../finestTick.ts";
import type { Details, Limit, LimitOptions } from "../Limit.ts";
import type { State } from "../Machine.ts";
import { checkAmount } from "../checkAmount.ts";
import { checkLimitOptions, makeLimit } from "../makeLimit.ts";
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

function adaptiveParams(options: AdaptiveOptions, limit: number, windowMs: number): AdaptiveParams {
  const loadWindowMs = durationMs(
    "adaptive loadWindow",
    options.loadWindow ?? Math.min(5 * windowMs, LONGEST_MS),
  );
  const { burst, lowLoad, highLoad, penalty } = readShares(options);
  const cap = checkAmount("adaptive", "limit times burstMultiplier", Math.floor((limit * burst) / 1000));
  const hardLimit = readHardLimit(options, limit);
  const loadFull = fullLoad(options, limit, windowMs, loadWindowMs);
  checkFillTime(burst, windowMs);
  const worst = (tick: bigint) => {
    const guard = (2n * BigInt(cap) * BigInt(windowMs) * 1000n) / tick;
    const sensor = (2n * BigInt(loadFull) * BigInt(Math.max(loadWindowMs * 1000, 1_000_000))) / tick;
    return guard > sensor ? guard : sensor;
  };
  const nearest = () => nearestLimit(burst, windowMs, options.load === "shared" ? 0 : loadWindowMs);
  if (worst(1000n) >= 2n ** 53n && nearest() === 0 && options.loadWindow !== undefined)
    throw loadWindowTooLong(options.loadWindow, limit, windowMs);
  const tick = finestTick("adaptive limit", limit, worst, nearest);
  const period = windowMs * (1000 / tick);
  const divisor = greatestCommonDivisor(Math.max(limit, 1), period);
  // In the order in which the twins take them.
  return {
    cap,
    unit: period / divisor,
    rate: Math.max(limit, 1) / divisor,
    tick,
    window: windowMs * 1000,
    loadWindow: loadWindowMs * 1000,
    loadFull,
    lowLoad,
    highLoad,
    penalty,
    hardLimit,
  };
}

type Shares = Pick<AdaptiveParams, "lowLoad" | "highLoad" | "penalty"> & { readonly burst: number };

/** In thousandths. */
function readShares(options: AdaptiveOptions): Shares {
  const burst = thousandths("burstMultiplier", options.burstMultiplier ?? 2, 1000, 1_000_000);
  const highLoad = thousandths("highLoad", options.highLoad ?? 0.8, 1, 1000);
  const lowLoad = thousandths("lowLoad", options.lowLoad ?? 0.4, 0, highLoad - 1);
  const penalty = thousandths("penalty", options.penalty ?? 0.5, 0, 1000);
  return { burst, lowLoad, highLoad, penalty };
}

function readHardLimit({ hardLimit }: AdaptiveOptions, limit: number): number {
  if (hardLimit === undefined) return LARGEST_AMOUNT;
  const amount = checkAmount("adaptive", "hardLimit", hardLimit);
  if (amount >= limit) return amount;
  throw invalidOption("adaptive", "hardLimit", amount, `at least limit (${limit})`, limit);
}

/** The cost in one load window that counts as a load of 1, at least 1. */
function fullLoad(options: AdaptiveOptions, limit: number, windowMs: number, loadWindowMs: number): number {
  const { load = "key", loadLimit } = options;
  if (load !== "key" && load !== "shared")
    throw invalidOption("adaptive", "load", load, `"key" or "shared"`, "key");
  if ((load === "shared") !== (loadLimit !== undefined)) {
    throw invalidOption(
      "adaptive",
      "loadLimit",
      loadLimit,
      `given with load: "shared", and only then`,
      load === "shared" ? rateText({ amount: limit, periodMs: windowMs }) : undefined,
    );
  }
  const { amount, periodMs } =
    loadLimit === undefined
      ? { amount: limit, periodMs: windowMs }
      : reduceRate("adaptive loadLimit", loadLimit);
  const full = (BigInt(amount) * BigInt(loadWindowMs)) / BigInt(periodMs);
  const most = mostCounted(loadWindowMs);
  if (loadLimit === undefined || full <= most) return Math.max(1, Number(full));
  const nearest = nearestLoadLimit(most, periodMs, loadWindowMs);
  throw new ConfigurationError(
    "LIMIT_TOO_FINE",
    `adaptive loadLimit ${show(loadLimit)} is too fine to be kept exactly over loadWindow; the nearest that can be is ${show(rateText(nearest))}`,
    { value: loadLimit, nearest: { amount: nearest.amount, per: nearest.periodMs }, path: "loadLimit" },
  );
}

/** The largest rate that counts at most `most` in a load window: in the given period, or else in the load window. */
function nearestLoadLimit(most: bigint, periodMs: number, loadWindowMs: number): ReducedRate {
  const amount = Number(((most + 1n) * BigInt(periodMs) - 1n) / BigInt(loadWindowMs));
  const isRate = amount >= 1 && amount <= LARGEST_AMOUNT && periodMs <= LONGEST_MS;
  return isRate
    ? { amount, periodMs }
    : { amount: Math.min(Number(most), LARGEST_AMOUNT), periodMs: loadWindowMs };
}

/** A bucket of many windows must fill within the time that is exact: 2^52 microseconds, about 142 years. */
function checkFillTime(burst: number, windowMs: number): void {
  if (burst * windowMs < 2 ** 52) return;
  const nearest = Math.floor((2 ** 52 - 1) / windowMs) / 1000;
  const message = `adaptive burstMultiplier ${burst / 1000} is too much to be kept exactly over that window; the nearest that can be is ${nearest}`;
  throw new ConfigurationError("LIMIT_TOO_FINE", message, {
    value: burst / 1000,
    nearest,
    path: "burstMultiplier",
  });
}

/** The largest count that a window of this length can weigh exactly, in ticks of a millisecond. */
function mostCounted(windowMs: number): bigint {
  return (2n ** 52n - 1n) / BigInt(Math.max(windowMs, 1000));
}

/** The largest limit whose cap the guard can weigh exactly, and its own load the sensor, unless `loadWindowMs` is 0. */
function nearestLimit(burst: number, windowMs: number, loadWindowMs: number): number {
  const largestCap = (2n ** 52n - 1n) / BigInt(windowMs);
  const byGuard = ((largestCap + 1n) * 1000n - 1n) / BigInt(burst);
  if (loadWindowMs === 0) return Number(byGuard);
  const bySensor = ((mostCounted(loadWindowMs) + 1n) * BigInt(windowMs) - 1n) / BigInt(loadWindowMs);
  return Number(byGuard < bySensor ? byGuard : bySensor);
}

/** Where no limit can be sensed for so long, the load window is at fault, not the limit. */
function loadWindowTooLong(value: Duration, limit: number, windowMs: number): ConfigurationError {
  let [nearest, tooLong] = [1, LONGEST_MS + 1];
  while (tooLong - nearest > 1) {
    const middle = Math.floor((nearest + tooLong) / 2);
    if ((BigInt(limit) * BigInt(middle)) / BigInt(windowMs) <= mostCounted(middle)) nearest = middle;
    else tooLong = middle;
  }
  const message = `adaptive loadWindow ${show(value)} is too long for ${rateText({ amount: limit, periodMs: windowMs })} to be kept exactly; the nearest that can be is ${nearest}`;
  return new ConfigurationError("LIMIT_TOO_FINE", message, { value, nearest, path: "loadWindow" });
}

function thousandths(option: string, value: unknown, least: number, most: number): number {
  const whole = typeof value === "number" ? Math.round(value * 1000) : Number.NaN;
  if (whole >= least && whole <= most && Math.abs(whole - (value as number) * 1000) < 1e-6) return whole;
  const nearest = Number.isNaN(whole) ? undefined : Math.min(Math.max(whole, least), most) / 1000;
  throw invalidOption(
    "adaptive",
    option,
    value,
    `from ${least / 1000} to ${most / 1000}, in steps of 0.001`,
    nearest,
  );
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
