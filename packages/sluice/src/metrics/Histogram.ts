/** How long the store took: most stores answer within a millisecond or a few. In milliseconds. */
const LATENCY_BOUNDS_MS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000];

/** The same in seconds, the unit of other systems. */
export const LATENCY_BOUNDS_S: readonly number[] = LATENCY_BOUNDS_MS.map((ms) => ms / 1000);

/** The answers that took about as long as each other. */
export interface Bucket {
  /** The last is `Infinity`. */
  readonly upToMs: number;
  /** How many took this long at most, and longer than the bucket before has. */
  readonly count: number;
}

/** How long stores took, in milliseconds. */
export interface Latency {
  /** How many answers. */
  readonly count: number;
  /** The sum of their durations. */
  readonly totalMs: number;
  /** From the shortest to the longest. */
  readonly buckets: readonly Bucket[];
}

/** Durations in fixed buckets. */
export class Histogram {
  readonly #counts: number[] = [...LATENCY_BOUNDS_MS.map(() => 0), 0];
  #totalMs = 0;

  add(ms: number): void {
    let bucket = 0;
    while (ms > LATENCY_BOUNDS_MS[bucket]) bucket++;
    this.#counts[bucket]++;
    this.#totalMs += ms;
  }

  read(): Latency {
    const buckets = this.#counts.map((count, i) => ({ upToMs: LATENCY_BOUNDS_MS[i] ?? Infinity, count }));
    const count = this.#counts.reduce((sum, each) => sum + each, 0);
    return { count, totalMs: this.#totalMs, buckets };
  }

  clear(): void {
    this.#counts.fill(0);
    this.#totalMs = 0;
  }
}
