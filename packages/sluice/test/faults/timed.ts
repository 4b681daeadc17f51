import { setImmediate as turn, setTimeout as pass } from "node:timers/promises";

/** A call that has been answered, or refused with an error. */
export interface Timed<T> {
  readonly answer?: T;
  readonly error?: unknown;
  /** How long it took, less what any timer of the same budget came late in this process: the machine has other work, too. */
  readonly ms: number;
}

/** Makes a call beside a plain timer of the same budget, which shows how long this process was kept from its work. */
export async function timed<T>(budgetMs: number, call: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const timerFired = timer(budgetMs);
  const answered = call().then(
    (answer) => ({ answer, at: performance.now() }),
    (error: unknown) => ({ error, at: performance.now() }),
  );
  const first = await Promise.race([timerFired, answered]);
  if (typeof first !== "number") return { ...first, ms: Math.min(first.at - start, budgetMs) };
  const { at, ...outcome } = await answered;
  return { ...outcome, ms: budgetMs + (at - first) };
}

/** The time at which a timer fired that was set after this turn, and what had come in by then was read. */
async function timer(ms: number): Promise<number> {
  await turn();
  await pass(ms);
  await turn();
  await turn();
  return performance.now();
}

/** That of 100 numbers is larger than 99. */
export function p99(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * 0.99) - 1];
}
