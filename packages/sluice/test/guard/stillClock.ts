import type { Clock } from "sluice";

/** A clock that stands still until a test moves it. */
export interface StillClock extends Clock {
  advance(ms: number): void;
}

/** Starts on an edge of every window that divides a day. */
export function stillClock(): StillClock {
  let now = Date.UTC(2026, 0, 1) * 1000;
  return Object.assign(() => now, {
    advance(ms: number) {
      now += Math.round(ms * 1000);
    },
  });
}
