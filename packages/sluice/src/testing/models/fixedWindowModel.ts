import type { Call, Model } from "./Model.ts";
import { spentIn } from "./spentIn.ts";

/** The options of `fixedWindowModel`. */
export interface FixedWindowModelOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** `"clock"`: windows begin at multiples of `windowMs` since the epoch; `"first-call"`: at a call outside of any. */
  readonly anchor: "clock" | "first-call";
}

/** Fixed window: what was spent in the window of `now` is at most `limit`. */
export function fixedWindowModel({ limit, windowMs, anchor }: FixedWindowModelOptions): Model {
  const window = BigInt(windowMs) * 1000n;
  const startAt =
    anchor === "clock" ? (_: readonly Call[], now: bigint) => (now / window) * window : firstCallStart;
  return {
    room(calls, now) {
      const start = startAt(calls, BigInt(now), window);
      return Math.max(0, limit - Number(spentIn(calls, start, start + window)));
    },
  };
}

/** Where the window that holds `now` began, or would begin. */
function firstCallStart(calls: readonly Call[], now: bigint, window: bigint): bigint {
  let end = 0n;
  for (const { time } of calls) if (BigInt(time) >= end) end = BigInt(time) + window;
  return now < end ? end - window : now;
}
