import { invalidOption } from "../../errors/invalidOption.ts";
import type { Limit } from "../Limit.ts";
import { checkLimitOptions } from "../makeLimit.ts";
import type { WindowParams } from "./step.ts";
import { windowLimit, type WindowOptions } from "./windowLimit.ts";

/** The options of `fixedWindow`. */
export interface FixedWindowOptions extends WindowOptions {
  /**
   * `"clock"`: windows start at multiples of `window` since the epoch, in UTC, for every key alike.
   * `"first-call"`: a key's window starts at its first call. Default `"clock"`.
   */
  anchor?: "clock" | "first-call" | undefined;
}

/**
 * Fixed window: at most `limit` in each window.
 *
 * - Formula: `count` of this window; a cost passes if `count + cost <= limit`.
 * - State: three numbers a key: when the window began, its count, and a zero.
 * - Source: the oldest there is; described in "How we built rate limiting capable of scaling to millions of domains",
 *   Cloudflare blog, 2017.
 * - Trade-off: the easiest to explain, and headers are exact; around an edge of two windows up to `2 * limit` pass in a
 *   short time. With `anchor: "clock"` all keys come back at the same instant.
 *
 * Details of a decision: `count` in this window.
 *
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`, `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function fixedWindow(options: FixedWindowOptions): Limit<WindowParams> {
  checkLimitOptions("fixedWindow", options, ["limit", "window", "anchor"]);
  const { anchor = "clock" } = options;
  if (anchor !== "clock" && anchor !== "first-call")
    throw invalidOption("fixedWindow", "anchor", anchor, '"clock" or "first-call"', "clock");
  const kind = { sliding: 0, aligned: anchor === "clock" ? 1 : 0 } as const;
  return windowLimit("fixedWindow", options, { algorithm: "fixed-window", details }, kind);
}

const details = (_: WindowParams, state: number[]) => ({ count: state[1] });
