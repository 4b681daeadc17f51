import { checkWhole } from "../errors/checkWhole.ts";
import { keyText } from "../limiter/keyText.ts";
import type { Key } from "../limiter/Limiter.ts";
import { encodeKey, LONGEST_KEY_BYTES } from "../units/encodeKey.ts";
import { type HeavyHitter, HeavyHitters } from "./HeavyHitters.ts";
import { Histogram } from "./Histogram.ts";
import { type MetricsSource, onMeasured } from "./onMeasured.ts";
import { OutcomeCounts } from "./OutcomeCounts.ts";
import type { KeyStats, Offender, Stats, Totals } from "./Stats.ts";

/** The most keys that may be counted, or asked for. */
export const MOST_KEYS = 1_000_000;

/** Counts decisions as long as it is not stopped: see `Metrics`. */
export class Collector {
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
    checkWhole("topOffenders", "most", most, MOST_KEYS);
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
    const { allowed, dropped } = this.#perKey;
    const error = allowed.errorOf(key) + dropped.errorOf(key);
    return { key, ...totals(countOf(allowed.get(key)), countOf(dropped.get(key))), error };
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
  const text = keyText(key);
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
