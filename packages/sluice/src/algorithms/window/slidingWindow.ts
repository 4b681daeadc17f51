import type { Details, Limit } from "../Limit.ts";
import type { State } from "../Machine.ts";
import { checkLimitOptions } from "../makeLimit.ts";
import type { WindowParams } from "./step.ts";
import { windowLimit, type WindowOptions } from "./windowLimit.ts";

/**
 * Sliding window of two counters: this window's count, and the one before by what is left of it. What `"100/m"` means.
 *
 * - Formula: `used = current + previous * (1 - elapsed / window)`; a cost passes if `used + cost <= limit`.
 * - State: three numbers a key: when the window began and the two counts.
 * - Source: "How we built rate limiting capable of scaling to millions of domains", Cloudflare blog, 2017.
 * - Trade-off: three numbers instead of a log, and no burst at an edge. It takes the calls of the window before to have
 *   been spread evenly: if they came late in it, a little more than `limit` can pass in a window that slides, and if
 *   they came early, a little less.
 *
 * Details of a decision: `current` and `previous` counts, the `weight` of the previous one, and `used`, their weighted sum.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `LIMIT_TOO_FINE`, `UNKNOWN_OPTION`
 */
export function slidingWindow(options: WindowOptions): Limit<WindowParams> {
  checkLimitOptions("slidingWindow", options, ["limit", "window"]);
  return windowLimit(
    "slidingWindow",
    options,
    { algorithm: "sliding-window", details },
    { sliding: 1, aligned: 1 },
  );
}

function details({ window }: WindowParams, state: State, now: number): Details {
  const current = state[1];
  const previous = state[2];
  const weight = previous === 0 ? 0 : 1 - (now - state[0]) / window;
  return { current, previous, weight, used: current + previous * weight };
}
