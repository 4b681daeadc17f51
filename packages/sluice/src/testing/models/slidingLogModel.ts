import type { Model } from "./Model.ts";
import { spentIn } from "./spentIn.ts";

/** The options of `slidingLogModel`. */
export interface SlidingLogModelOptions {
  readonly limit: number;
  readonly windowMs: number;
}

/** Sliding log: what was spent in `(now - window, now]` is at most `limit`. */
export function slidingLogModel({ limit, windowMs }: SlidingLogModelOptions): Model {
  const window = BigInt(windowMs) * 1000n;
  return {
    room(calls, now) {
      const end = BigInt(now) + 1n;
      return Math.max(0, limit - Number(spentIn(calls, end - window, end)));
    },
  };
}
