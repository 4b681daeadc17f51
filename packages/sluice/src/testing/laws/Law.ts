import type { Move } from "./Move.ts";
import type { Trial } from "./Trial.ts";

/** What every algorithm promises, shown on one random history of calls. */
export interface Law {
  /** The promise, as the name of a test. */
  readonly promise: string;
  /** Throws if this history breaks it. */
  hold(trial: Trial, moves: readonly Move[]): void;
}
