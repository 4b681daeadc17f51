import { setTimeout as pass } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { consume, type Outcome } from "./outcome.ts";
import { timed } from "./timed.ts";
import type { WatchedLimiter } from "./watchedLimiter.ts";

export interface LoadedLimiter extends WatchedLimiter {
  /** To calls on one key, in the order in which they were answered. */
  readonly answers: readonly Outcome[];
  /** How long each of them took. */
  readonly times: readonly number[];
  end(): Promise<void>;
}

/** So much other work is done on this machine between two calls of one caller. */
const PAUSE_MS = 2;

/** A limiter of which three callers ask for one key again and again, until it ends or the test does. */
export function underLoad(watched: WatchedLimiter, key: string, budgetMs: number): LoadedLimiter {
  const answers: Outcome[] = [];
  const times: number[] = [];
  const stop = new AbortController();
  const call = async () => {
    while (!stop.signal.aborted) {
      const { answer, error, ms } = await timed(budgetMs, () => consume(watched.limiter, key));
      if (answer === undefined) throw error;
      answers.push(answer);
      times.push(ms);
      await pass(PAUSE_MS);
    }
  };
  const running = Promise.all([call(), call(), call()]);
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { ...watched, answers, times, end };
}
