import { ceilDivide, floorDivide } from "../divide.ts";
import type { Machine, State, Verdict } from "../Machine.ts";

/**
 * A bucket that drains. One unit of cost fills it by `unit`, each tick drains `rate`; both come from
 * `g = gcd(amount, period)`, `unit = period / g`, `rate = amount / g`, so no fraction is ever lost.
 */
export type BucketParams = {
  /** The largest cost at one instant, from empty. */
  readonly capacity: number;
  /** What a cost of 1 adds to the level. */
  readonly unit: number;
  /** What the level loses in each tick. */
  readonly rate: number;
  /** Microseconds in a tick: 1 or 1000. */
  readonly tick: number;
};

/** State: `[time, level, unit]`. Token bucket, leaky bucket and GCRA are this step under three names. */
export const bucket: Machine<BucketParams> = { name: "bucket", width: 3, grows: false, additive: true, step };

function step(
  params: BucketParams,
  state: State,
  now: number,
  cost: number,
  counted: boolean,
  verdict: Verdict,
): void {
  const { capacity, unit, rate, tick } = params;
  const full = capacity * unit;
  let level = drainedLevel(params, state, now);
  const remaining = floorDivide(full - level, unit);
  verdict.fits = cost <= remaining && capacity > 0;
  verdict.remaining = remaining;
  verdict.wait = 0;
  if (verdict.fits) {
    level += cost * unit;
    verdict.remaining = remaining - cost;
  } else if (cost > capacity || capacity === 0) verdict.wait = Infinity;
  else {
    if (counted) {
      level = full;
      verdict.remaining = 0;
    }
    verdict.wait = untilDrained(level - (full - cost * unit), rate, tick, now);
  }
  verdict.reset = untilDrained(level, rate, tick, now);
  verdict.life = verdict.reset;
  state[0] = now;
  state[1] = level;
  state[2] = unit;
}

/**
 * The level at `now`. A level kept in another unit (the limit was changed) is converted to whole costs, rounded up.
 * @param state `[time, level, unit]`
 */
export function drainedLevel(params: BucketParams, state: State, now: number): number {
  const { capacity, unit, rate, tick } = params;
  let level = state[1];
  if (state[2] !== unit && level > 0) level = Math.min(ceilDivide(level, state[2]), capacity) * unit;
  const ticks = tick === 1 ? now - state[0] : floorDivide(now, tick) - floorDivide(state[0], tick);
  return Math.max(0, Math.min(level, capacity * unit) - ticks * rate);
}

/** Microseconds from `now` to the tick in which `amount` has drained. */
function untilDrained(amount: number, rate: number, tick: number, now: number): number {
  if (amount <= 0) return 0;
  const ticks = ceilDivide(amount, rate);
  return tick === 1 ? ticks : (floorDivide(now, tick) + ticks) * tick - now;
}
