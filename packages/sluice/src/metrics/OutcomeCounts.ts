import type { Measured } from "./onMeasured.ts";

/** How many decisions a limiter made of one kind. */
export interface OutcomeCount extends Omit<Measured, "latencyMs"> {
  /** How many since counting began, or was reset. */
  readonly count: number;
}

type Entry = { -readonly [Field in keyof OutcomeCount]: OutcomeCount[Field] };

/** Counts by names of the program: as many as it has limiters and limits, times a few. */
export class OutcomeCounts {
  /** By limiter. Each has few, which are looked through sooner than a name of all parts is made. */
  readonly #counts = new Map<string, Entry[]>();

  add({ limiter, limit, outcome, degraded }: Measured): void {
    const entries = this.#of(limiter);
    const known = entries.find(
      (entry) => entry.outcome === outcome && entry.limit === limit && entry.degraded === degraded,
    );
    if (known === undefined) entries.push({ limiter, limit, outcome, degraded, count: 1 });
    else known.count++;
  }

  read(): OutcomeCount[] {
    return [...this.#counts.values()].flat().map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.#counts.clear();
  }

  #of(limiter: string): Entry[] {
    const known = this.#counts.get(limiter);
    if (known !== undefined) return known;
    const entries: Entry[] = [];
    this.#counts.set(limiter, entries);
    return entries;
  }
}
