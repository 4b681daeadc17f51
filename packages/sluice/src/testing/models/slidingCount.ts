import type { Call } from "./Model.ts";
import { spentIn } from "./spentIn.ts";

export interface SlidingCountOptions {
  /** Microseconds. */
  readonly window: bigint;
  /** Microseconds in a tick: the window before this one loses weight at whole ticks. */
  readonly tick: bigint;
  /** No window counts more than this. */
  readonly most: bigint;
}

/**
 * What the window of `now` counts and what is left of the one before it, rounded up. Windows begin at multiples of their
 * length since the epoch.
 */
export function slidingCount(calls: readonly Call[], options: SlidingCountOptions, now: number): bigint {
  const { window, tick, most } = options;
  const start = (BigInt(now) / window) * window;
  const current = least(spentIn(calls, start, start + window), most);
  const previous = least(spentIn(calls, start - window, start), most);
  const elapsed = ((BigInt(now) - start) / tick) * tick;
  return current + (previous * (window - elapsed) + window - 1n) / window;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
