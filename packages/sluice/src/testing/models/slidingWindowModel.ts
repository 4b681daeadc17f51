import type { Model } from "./Model.ts";
import { slidingCount } from "./slidingCount.ts";

/** The options of `slidingWindowModel`. */
export interface SlidingWindowModelOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** Microseconds in a tick: the window before this one loses weight at whole ticks. */
  readonly tick: number;
}

/** Sliding window of two counters: this window's count, and the one before by what is left of it, are at most `limit`. */
export function slidingWindowModel({ limit, windowMs, tick }: SlidingWindowModelOptions): Model {
  const options = { window: BigInt(windowMs) * 1000n, tick: BigInt(tick), most: BigInt(limit) };
  return { room: (calls, now) => Math.max(0, limit - Number(slidingCount(calls, options, now))) };
}
