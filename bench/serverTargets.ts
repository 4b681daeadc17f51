import { type Figures, type Reference, type Target, timeOf } from "./Table.ts";

/** The slowest of `ours` must have so many times the speed of a reference. */
export function atLeast(
  times: number,
  column: string,
  ours: readonly string[],
  reference: Reference,
): Target {
  return {
    text: `${column}: ${ours.join(", ")}: at least ${times}x the speed of ${reference.called}`,
    share: (figures) => (slowest(ours, column, figures) * times) / timeOf(reference, column, figures),
  };
}

/** The slowest of `ours` may take so many times the time of a reference. */
export function atMost(times: number, column: string, ours: readonly string[], reference: Reference): Target {
  return {
    text: `${column}: ${ours.join(", ")}: at most ${times}x the time of ${reference.called}`,
    share: (figures) => slowest(ours, column, figures) / (timeOf(reference, column, figures) * times),
  };
}

function slowest(ours: readonly string[], column: string, figures: Figures): number {
  return Math.max(...ours.map((name) => figures(name, column)));
}
