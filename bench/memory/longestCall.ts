import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import type { AsyncCall, Call } from "./contenders.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Milliseconds: what takes less is not looked at. */
const SLOW = 0.3;

/** A call by the clock, and at most how many milliseconds its thread was busy in it. */
interface SlowCall extends Span {
  readonly busy: number;
}

/** The CPU time of a thread is only kept to the tick of the kernel's clock: 4 ms at most. */
const TICK = 4;

/**
 * The milliseconds that the longest call took while every key came for the first time, less what the garbage collector
 * stopped it for meanwhile. It is bounded by the CPU time of the thread, so that the turn of another process is not in it.
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
  return Math.max(
    0,
    ...slow.map((each) => Math.min(each.busy, each.end - each.start - overlap(each, pauses))),
  );
}

async function slowCalls(call: Call | AsyncCall, keys: readonly string[]): Promise<readonly SlowCall[]> {
  const slow: SlowCall[] = [];
  for (const key of keys) {
    const before = process.threadCpuUsage();
    const start = performance.now();
    const answer = call(key);
    if (typeof answer !== "number") await answer;
    const end = performance.now();
    if (end - start < SLOW) continue;
    const { user, system } = process.threadCpuUsage(before);
    slow.push({ start, end, busy: (user + system) / 1000 + TICK });
  }
  return slow;
}

function overlap({ start, end }: Span, pauses: readonly Span[]): number {
  return pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(end, pause.end) - Math.max(start, pause.start)),
    0,
  );
}
