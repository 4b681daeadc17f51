import { type Limit, memoryStore, rateLimiter } from "sluice";
import { manualClock } from "sluice/testing";
import { WINDOW_MS } from "./limits.ts";

const STEP_MS = 20;

/**
 * The most that was admitted in any `spanMs`, however long after an edge of the windows a client begins that asks without
 * a pause. It was quiet before.
 */
export function worst(limit: Limit, spanMs: number): number {
  const begins = Array.from({ length: 20 }, (_, i) => ((i + 1) * WINDOW_MS) / 20 - STEP_MS);
  return Math.max(...begins.map((begin) => most(greedy(limit, begin), spanMs)));
}

/** When calls are admitted to a client that asks at each step until it is refused, for three windows. */
function greedy(limit: Limit, beginMs: number): number[] {
  const clock = manualClock();
  const limiter = rateLimiter({ limits: limit, store: memoryStore({ clock }) });
  const admitted: number[] = [];
  clock.advance(beginMs);
  for (let at = 0; at < 3 * WINDOW_MS; at += STEP_MS) {
    while (limiter.consumeSync("key").allowed) admitted.push(at);
    clock.advance(STEP_MS);
  }
  return admitted;
}

function most(times: readonly number[], spanMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));
}
