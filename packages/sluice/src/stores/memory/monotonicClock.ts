const origin = performance.timeOrigin;

/** Microseconds since the epoch as they stood when the process started, and steady since then. */
export function monotonicClock(): number {
  return Math.floor((origin + performance.now()) * 1000);
}
