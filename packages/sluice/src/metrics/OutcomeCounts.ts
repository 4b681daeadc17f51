import type { Measured } from "./onMeasured.ts";

/** How many decisions a limiter made of one kind. */
export interface OutcomeCount extends Omit<Measured, "latencyMs"> {
  readonly count: number;
}

/** Counts by names of the program: as many as it has limiters and limits, times a few. */
export class OutcomeCounts {
  readonly #counts = new Map<string, { -readonly [Field in keyof OutcomeCount]: OutcomeCount[Field] }>();

  add({ limiter, limit, outcome, degraded }: Measured): void {
    const name = `${limiter}\0${limit}\0${outcome}\0${degraded}`;
    const known = this.#counts.get(name);
    if (known === undefined) this.#counts.set(name, { limiter, limit, outcome, degraded, count: 1 });
    else known.count++;
  }

  read(): OutcomeCount[] {
    return [...this.#counts.values()].map((each) => ({ ...each }));
  }

  clear(): void {
    this.#counts.clear();
  }
}
