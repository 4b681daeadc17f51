import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { consume, type Outcome } from "./outcome.ts";
import type { WatchedLimiter } from "./watchedLimiter.ts";

export interface LoadedLimiter extends WatchedLimiter {
  /** To calls on one key, in the order in which they were answered. */
  readonly answers: readonly Outcome[];
  end(): Promise<void>;
}

/** A limiter of which three callers ask for one key again and again, until it ends or the test does. */
export function underLoad(watched: WatchedLimiter, key = "a"): LoadedLimiter {
  const answers: Outcome[] = [];
  const stop = new AbortController();
  const call = async () => {
    while (!stop.signal.aborted) {
      answers.push(await consume(watched.limiter, key));
      await turn();
    }
  };
  const running = Promise.all([call(), call(), call()]);
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { ...watched, answers, end };
}
