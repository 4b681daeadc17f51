import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { show } from "../../errors/show.ts";
import { LONGEST_MS } from "../../units/duration.ts";
import { LARGEST_AMOUNT } from "../../units/largestAmount.ts";
import { type ReducedRate, reduceRate } from "../../units/rate.ts";
import { rateText } from "../../units/rateText.ts";
import type { AdaptiveOptions } from "./adaptive.ts";

/**
 * The cost in one load window that counts as a load of 1, at least 1.
 * @throws ConfigurationError `INVALID_OPTION`, `INVALID_LIMIT`, `INVALID_DURATION`, `LIMIT_TOO_FINE`
 */
export function fullLoad(
  options: AdaptiveOptions,
  limit: number,
  windowMs: number,
  loadWindowMs: number,
): number {
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

/** The largest count that a window of this length can weigh exactly, in ticks of a millisecond. */
export function mostCounted(windowMs: number): bigint {
  return (2n ** 52n - 1n) / BigInt(Math.max(windowMs, 1000));
}
