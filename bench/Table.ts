/** What is compared with what, and what must come of it. */
export interface Table {
  readonly name: string;
  /** What a figure is: `"ns per decision"`. */
  readonly unit: string;
  /** Measures one contender, named by its argument, and prints a sample. */
  readonly script: URL;
  readonly rounds: number;
  readonly contenders: readonly string[];
  readonly columns: readonly string[];
  readonly targets: readonly Target[];
}

/** The figure of a contender in a column: the median over the rounds. */
export type Figures = (contender: string, column: string) => number;

export interface Target {
  /** What is asked: `"token bucket, one key: at most 1.43x the time of the fastest bare counter"`. */
  readonly text: string;
  /** What was found, as a share of what is allowed: met up to 1. */
  readonly share: (figures: Figures) => number;
}
