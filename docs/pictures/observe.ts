import { type Limit, memoryStore, rateLimiter } from "sluice";
import { manualClock } from "sluice/testing";
import { WINDOW_MS } from "./limits.ts";
import { END_MS, traffic } from "./traffic.ts";

export interface Call {
  readonly atMs: number;
  readonly outcome: "admitted" | "refused";
}

export interface Moment {
  readonly atMs: number;
  readonly remaining: number;
  /** How many calls were admitted in the window that ends here. */
  readonly inWindow: number;
}

export interface Observed {
  readonly calls: readonly Call[];
  readonly moments: readonly Moment[];
}

const LOOK_MS = 100;

/** What the real limiter answers to the traffic, and what it tells in between. */
export function observe(limit: Limit): Observed {
  const clock = manualClock();
  const start = clock.now;
  const limiter = rateLimiter({ limits: limit, store: memoryStore({ clock }) });
  const calls: Call[] = [];
  const moments: Moment[] = [];
  for (const { atMs, isCall } of instants()) {
    clock.set(start + atMs);
    if (isCall) {
      const { allowed } = limiter.consumeSync("key");
      calls.push({ atMs, outcome: allowed ? "admitted" : "refused" });
    } else {
      const { remaining } = limiter.peekSync("key", { cost: 0 });
      moments.push({ atMs, remaining, inWindow: admittedIn(calls, atMs) });
    }
  }
  return { calls, moments };
}

function instants(): { atMs: number; isCall: boolean }[] {
  const looks = Array.from({ length: END_MS / LOOK_MS + 1 }, (_, i) => ({
    atMs: i * LOOK_MS,
    isCall: false,
  }));
  const calls = traffic.map((atMs) => ({ atMs, isCall: true }));
  return [...calls, ...looks].toSorted((a, b) => a.atMs - b.atMs);
}

function admittedIn(calls: readonly Call[], endMs: number): number {
  return calls.filter(({ atMs, outcome }) => outcome === "admitted" && atMs > endMs - WINDOW_MS).length;
}
