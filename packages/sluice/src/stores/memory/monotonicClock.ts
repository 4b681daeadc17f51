// Held, since Node keeps the global behind an accessor, which costs a look-up each time.
const { performance } = globalThis;
const origin = performance.timeOrigin;

/** Microseconds since the epoch as they stood when the process started, and steady since then. */
export function monotonicClock(): number {
  return Math.floor((origin + performance.now()) * 1000);
}
