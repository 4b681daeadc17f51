import type { Limit } from "../../algorithms/Limit.ts";
import type { Verdict } from "../../algorithms/Machine.ts";

/** In the place of `blocked` in a reply: a record of the call has another version, which follows. */
export const UNKNOWN_VERSION = 2;

/**
 * Reads the verdict of each limit: `(fits, wait, remaining, reset, ...state)*`.
 * @param next the next number of the reply
 */
export function nextVerdicts(limits: readonly Limit[], next: () => number): Verdict[] {
  return limits.map(({ machine }) => nextVerdict(machine.width, next));
}

/** `life` stays on the server, which has used it; `reset` is never after it. */
function nextVerdict(width: number, next: () => number): Verdict {
  const fits = next() === 1;
  const wait = next();
  const remaining = next();
  const reset = next();
  const state: number[] = [];
  while (state.length < width) state.push(next());
  return { fits, wait: wait === -1 ? Infinity : wait, remaining, reset, life: reset, state };
}
