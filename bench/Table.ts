/** What is compared with what, and what must come of it. */
export interface Table {
  readonly name: string;
  /** What a figure is: `"ns per decision"`. */
  readonly unit: string;
  /** Measures one contender, named by its argument, and prints a sample. */
  readonly script: URL;
  /** Starts the server that all contenders use; its URL is the second argument of the script. */
  readonly server?: () => Promise<Server>;
  readonly rounds: number;
  readonly contenders: readonly string[];
  readonly columns: readonly string[];
  /** The column of which the least over the rounds counts, not the median: a pause of the contender's own is in each. */
  readonly leastOf?: string;
  /** Those against which the speed of `ours` is told, column by column. */
  readonly references: readonly Reference[];
  readonly ours: readonly string[];
  /** The columns that are times, and so can be compared as speeds. */
  readonly times: readonly string[];
  readonly targets: readonly Target[];
  /** What is reckoned from the figures, in a grid of its own. */
  readonly derived?: Derived;
}

export interface Derived {
  readonly title: string;
  readonly contenders: readonly string[];
  readonly columns: readonly string[];
  readonly figure: (figures: Figures, contender: string, column: string) => number;
}

export interface Server {
  /** `""` if it could not be started, for the reason in `note`. */
  readonly url: string;
  readonly note: string;
  stop(): Promise<void>;
}

/** One contender, or of several the fastest in each column. */
export interface Reference {
  readonly called: string;
  readonly contenders: readonly string[];
}

/** The figure of a contender in a column, over all rounds. */
export type Figures = (contender: string, column: string) => number;

export interface Target {
  /** What is asked: `"one key: at least 0.7x the speed of the fastest bare counter"`. */
  readonly text: string;
  /** What was found, as a share of what is allowed: met up to 1. */
  readonly share: (figures: Figures) => number;
}

/** The time of a reference in a column. */
export function timeOf({ contenders }: Reference, column: string, figures: Figures): number {
  return Math.min(...contenders.map((name) => figures(name, column)));
}
