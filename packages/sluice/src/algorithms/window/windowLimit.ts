import { type Duration, durationMs } from "../../units/duration.ts";
import { rateText } from "../../units/rateText.ts";
import { finestTick, type Tick } from "../finestTick.ts";
import type { Limit, LimitOptions } from "../Limit.ts";
import { checkAmount } from "../checkAmount.ts";
import { makeLimit } from "../makeLimit.ts";
import { window, type WindowParams } from "./step.ts";

/** The options of `slidingWindow`, which `fixedWindow` takes, too. */
export interface WindowOptions extends LimitOptions {
  /** The most in one window: a whole number from 0 to 1e9. 0 refuses everything. */
  limit: number;
  /** From 1 ms to 366 days: milliseconds, `"10s"`, or `{ minutes: 1, seconds: 30 }`. */
  window: Duration;
}

/** What the two windows share. A fixed window multiplies nothing, so every limit is exact at a tick of 1 us. */
export function windowLimit(
  owner: string,
  options: WindowOptions,
  own: Pick<Limit<WindowParams>, "algorithm" | "details">,
  kind: Pick<WindowParams, "sliding" | "aligned">,
): Limit<WindowParams> {
  const limit = checkAmount(owner, "limit", options.limit);
  const windowMs = durationMs(`${owner} window`, options.window);
  const tick = kind.sliding === 1 ? slidingTick(owner, limit, windowMs) : 1;
  return makeLimit<WindowParams>(options, {
    ...own,
    text: rateText({ amount: limit, periodMs: windowMs }),
    limit,
    windowMs,
    periodMs: windowMs,
    machine: window,
    params: { limit, window: windowMs * 1000, tick, ...kind },
    share: (replicas) => windowLimit(owner, { ...options, limit: Math.ceil(limit / replicas) }, own, kind),
  });
}

/** Two counts, each at most the limit, times the window: the worst intermediate of a sliding window. */
function slidingTick(owner: string, limit: number, windowMs: number): Tick {
  const worst = (tick: bigint) => (2n * BigInt(limit) * BigInt(windowMs) * 1000n) / tick;
  return finestTick(`${owner} limit`, limit, worst, () => Math.floor((2 ** 52 - 1) / windowMs));
}
