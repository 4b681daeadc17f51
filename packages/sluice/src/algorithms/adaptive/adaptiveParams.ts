import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { show } from "../../errors/show.ts";
import { type Duration, durationMs, LONGEST_MS } from "../../units/duration.ts";
import { greatestCommonDivisor } from "../../units/greatestCommonDivisor.ts";
import { LARGEST_AMOUNT } from "../../units/largestAmount.ts";
import { rateText } from "../../units/rateText.ts";
import { checkAmount } from "../checkAmount.ts";
import { finestTick } from "../finestTick.ts";
import type { AdaptiveOptions } from "./adaptive.ts";
import { fullLoad, mostCounted } from "./fullLoad.ts";
import type { AdaptiveParams } from "./step.ts";

/**
 * The integers of an adaptive limit.
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `INVALID_OPTION`, `LIMIT_TOO_FINE`
 */
export function adaptiveParams(options: AdaptiveOptions, limit: number, windowMs: number): AdaptiveParams {
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
