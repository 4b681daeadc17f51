import { checkOptions } from "../errors/checkOptions.ts";
import { checkWhole } from "../errors/checkWhole.ts";
import type { Key } from "../limiter/Limiter.ts";
import { Collector, MOST_KEYS } from "./Collector.ts";
import type { MetricsSource } from "./onMeasured.ts";
import type { KeyStats, Offender, Stats } from "./Stats.ts";

/** The options of `metrics`. */
export interface MetricsOptions {
  /**
   * How many keys are counted, those that are allowed and those that are dropped each for themselves: a whole number from 1
   * to 1,000,000. Default 1000. Counts are exact while there are no more keys; then the keys that come least make room.
   */
  maxKeys?: number | undefined;
}

/** Counts of what was decided since it was made, or reset. */
export interface Metrics {
  /** Of everything. */
  stats(): Stats;
  /** Of one key; zeros if it is not among those that are counted, and in `error` how often it may have come. */
  stats(key: Key): KeyStats;
  /** The keys that were refused most often, the worst first. How many at most: from 1 to 1,000,000, default 10. */
  topOffenders(most?: number): Offender[];
  /** Forgets everything, or one key, which the totals forget as well. */
  reset(key?: Key): void;
  /** Ends the counting; what was counted stays. */
  stop(): void;
}

/**
 * Counts what a limiter decides, or all limiters and guards of a stream: allowed and dropped, in total, by limiter, limit and
 * outcome, and for the keys that come most. Bounded, however many keys there are.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function metrics(source: MetricsSource, options: MetricsOptions = {}): Metrics {
  checkOptions("metrics", options, ["maxKeys"]);
  const { maxKeys = 1000 } = options;
  checkWhole("metrics", "maxKeys", maxKeys, MOST_KEYS);
  return new Collector(source, maxKeys);
}
