import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import type { AsyncCall, Call } from "./contenders.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Milliseconds: what takes less is not looked at. */
const SLOW = 0.3;

/**
 * The milliseconds that the longest call took while every key came for the first time, less what the garbage collector
 * stopped it for meanwhile. By the clock, so the turn of another process may be in it; but not in every round.
 */
export async function longestCall(call: Call | AsyncCall, keys: readonly string[]): Promise<number> {
  globalThis.gc!();
  const pauses: Span[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      pauses.push({ start: startTime, end: startTime + duration });
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  const slow = await slowCalls(call, keys);
  await setImmediate();
  await setImmediate();
  observer.disconnect();
  return Math.max(0, ...slow.map((each) => each.end - each.start - overlap(each, pauses)));
}

async function slowCalls(call: Call | AsyncCall, keys: readonly string[]): Promise<readonly Span[]> {
  const slow: Span[] = [];
  for (const key of keys) {
    const start = performance.now();
    const answer = call(key);
    if (typeof answer !== "number") await answer;
    const end = performance.now();
    if (end - start > SLOW) slow.push({ start, end });
  }
  return slow;
}

function overlap({ start, end }: Span, pauses: readonly Span[]): number {
  return pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(end, pause.end) - Math.max(start, pause.start)),
    0,
  );
}
