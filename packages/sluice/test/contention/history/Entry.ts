import type { Costs } from "../../../src/index.ts";

/** One call of a history: what was asked when, and what was answered. */
export interface Entry {
  readonly does: "consume" | "peek" | "reset";
  /** Its number. */
  readonly plan: number;
  readonly key: string;
  readonly costs: Costs;
  /** Nanoseconds on a clock that the processes of a machine have in common. */
  readonly invoked: number;
  readonly responded: number;
  /** The place of its step among all steps, and its own place in that step. */
  readonly at: number;
  readonly place: number;
  /** It may have come right after this step, or after any up to its own. Only a peek may have both apart. */
  readonly after: number;
  /** The instant of the decision on the server's clock, in microseconds since the epoch; 0 of a reset. */
  readonly now: number;
  /** The outcome in words; none of a reset. */
  readonly answer: string;
  readonly process: number;
  /** What that process took for the time, in milliseconds since the epoch. */
  readonly clock: number;
}
