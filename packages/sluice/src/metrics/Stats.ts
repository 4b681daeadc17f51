import type { Latency } from "./Histogram.ts";
import type { OutcomeCount } from "./OutcomeCounts.ts";

/** What became of some calls: those that a limit only told of were allowed. */
export interface Counts {
  readonly allowed: number;
  readonly dropped: number;
}

/** The same, and their sum. */
export interface Totals extends Counts {
  readonly total: number;
  /** `dropped / total`, not rounded; 0 if there were none. */
  readonly dropRate: number;
}

/** What became of the calls of one key. */
export interface KeyStats extends Totals {
  readonly key: string;
  /**
   * By how much `allowed` and `dropped` together may differ from what came: too high, or, where one of them is 0 because the
   * key made room for others, too low. 0 while there are at most `maxKeys` keys.
   */
  readonly error: number;
}

/** Everything that was counted. */
export interface Stats extends Totals {
  /**
   * The keys that came most. Beyond `maxKeys` keys `stats(key)` tells by how much a count may be off. Keys over 256 bytes stand
   * under their hash.
   */
  readonly perKey: Readonly<Record<string, Counts>>;
  readonly outcomes: readonly OutcomeCount[];
  /** How long stores took to answer. */
  readonly store: Latency;
}

/** A key that was refused. */
export interface Offender {
  readonly key: string;
  readonly dropped: number;
  /** By how much `dropped` may be too high. */
  readonly error: number;
}
