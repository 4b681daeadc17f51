import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Key } from "../limiter/Limiter.ts";
import { encodeKey, LONGEST_KEY_BYTES } from "../units/encodeKey.ts";
import { type HeavyHitter, HeavyHitters } from "./HeavyHitters.ts";
import { Histogram, type Latency } from "./Histogram.ts";
import { type MetricsSource, onMeasured } from "./onMeasured.ts";
import { type OutcomeCount, OutcomeCounts } from "./OutcomeCounts.ts";

export interface MetricsOptions {
  /**
   * How many keys are counted, those that are allowed and those that are dropped each for themselves: a whole number from 1
   * to 1,000,000. Default 1000. Counts are exact while there are no more keys; then the keys that come least make room.
   */
  maxKeys?: number | undefined;
}

export interface Counts {
  readonly allowed: number;
  readonly dropped: number;
}

export interface Totals extends Counts {
  readonly total: number;
  /** `dropped / total`, not rounded; 0 if there were none. */
  readonly dropRate: number;
}

export interface KeyStats extends Totals {
  readonly key: string;
  /** By how much `allowed` and `dropped` together may be too high; they are never too low. 0 while there are at most `maxKeys` keys. */
  readonly error: number;
}

export interface Stats extends Totals {
  /** The keys that came most. Keys over 256 bytes stand under their hash. */
  readonly perKey: Readonly<Record<string, Counts>>;
  readonly outcomes: readonly OutcomeCount[];
  /** How long stores took to answer. */
  readonly store: Latency;
}

export interface Offender {
  readonly key: string;
  readonly dropped: number;
  /** By how much `dropped` may be too high. */
  readonly error: number;
}

/** Counts of what was decided since it was made, or reset. */
export interface Metrics {
  stats(): Stats;
  /** Of one key; zeros if it is not among those that are counted. */
  stats(key: Key): KeyStats;
  /** The keys that were refused most often, the worst first. Default 10. */
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
  checkCount("metrics maxKeys", maxKeys);
  return new Collector(source, maxKeys);
}

class Collector implements Metrics {
  readonly stop: () => void;
  readonly #perKey: { readonly allowed: HeavyHitters; readonly dropped: HeavyHitters };
  readonly #outcomes = new OutcomeCounts();
  readonly #latency = new Histogram();
  #allowed = 0;
  #dropped = 0;

  constructor(source: MetricsSource, maxKeys: number) {
    this.#perKey = { allowed: new HeavyHitters(maxKeys), dropped: new HeavyHitters(maxKeys) };
    this.stop = onMeasured(source, (measured, { key }) => {
      this.#outcomes.add(measured);
      if (measured.latencyMs !== undefined) this.#latency.add(measured.latencyMs);
      this.#count(measured.outcome === "allowed" || measured.outcome === "dry-run", nameOf(key));
    });
  }

  stats(): Stats;
  stats(key: Key): KeyStats;
  stats(key?: Key): Stats | KeyStats {
    return key === undefined ? this.#ofAll() : this.#ofKey(nameOf(key));
  }

  topOffenders(most = 10): Offender[] {
    checkCount("topOffenders", most);
    return this.#perKey.dropped.top(most).map(({ key, count, error }) => ({ key, dropped: count, error }));
  }

  reset(key?: Key): void {
    if (key === undefined) this.#forgetAll();
    else this.#forget(nameOf(key));
  }

  #count(isAllowed: boolean, key: string): void {
    if (isAllowed) this.#allowed++;
    else this.#dropped++;
    this.#perKey[isAllowed ? "allowed" : "dropped"].add(key);
  }

  #ofAll(): Stats {
    const { allowed, dropped } = this.#perKey;
    const keys = new Set([...allowed.all(), ...dropped.all()].map(({ key }) => key));
    return {
      ...totals(this.#allowed, this.#dropped),
      perKey: Object.fromEntries(
        [...keys].map((key) => [
          key,
          { allowed: countOf(allowed.get(key)), dropped: countOf(dropped.get(key)) },
        ]),
      ),
      outcomes: this.#outcomes.read(),
      store: this.#latency.read(),
    };
  }

  #ofKey(key: string): KeyStats {
    const [allowed, dropped] = [this.#perKey.allowed.get(key), this.#perKey.dropped.get(key)];
    const error = (allowed?.error ?? 0) + (dropped?.error ?? 0);
    return { key, ...totals(countOf(allowed), countOf(dropped)), error };
  }

  #forgetAll(): void {
    this.#perKey.allowed.clear();
    this.#perKey.dropped.clear();
    this.#outcomes.clear();
    this.#latency.clear();
    this.#allowed = this.#dropped = 0;
  }

  /** The totals lose what was surely this key's. */
  #forget(key: string): void {
    const { allowed, dropped } = this.#perKey;
    this.#allowed -= surely(allowed.get(key));
    this.#dropped -= surely(dropped.get(key));
    allowed.delete(key);
    dropped.delete(key);
  }
}

/** Short, however long a key a client sends. */
function nameOf(key: Key): string {
  const text = typeof key === "string" ? key : JSON.stringify(key);
  return text.length * 3 > LONGEST_KEY_BYTES ? encodeKey(text) : text;
}

function totals(allowed: number, dropped: number): Totals {
  const total = allowed + dropped;
  return { allowed, dropped, total, dropRate: total === 0 ? 0 : dropped / total };
}

function countOf(hitter: HeavyHitter | undefined): number {
  return hitter?.count ?? 0;
}

function surely(hitter: HeavyHitter | undefined): number {
  return hitter === undefined ? 0 : hitter.count - hitter.error;
}

function checkCount(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return;
  const nearest = value > 1 ? Math.min(Math.round(value), 1_000_000) : 1;
  const message = `${what} must be a whole number from 1 to 1000000, not ${show(value)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value, nearest, path: "maxKeys" });
}
