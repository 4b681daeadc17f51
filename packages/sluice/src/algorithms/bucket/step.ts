import { ceilDivide, floorDivide } from "../divide.ts";
import type { Machine, Standing, State, Verdict } from "../Machine.ts";

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

/**
 * State: `[time, level, unit]`. Token bucket, leaky bucket and GCRA are this step under three names. A level above full is
 * a debt, or slots that are booked; its unit is then kept below 0, so that no lowered limit is taken for one.
 */
export const bucket: Machine<BucketParams> = {
  name: "bucket",
  width: 3,
  grows: false,
  additive: true,
  step,
  adjust,
  book,
};

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
  const remaining = level > full ? 0 : floorDivide(full - level, unit);
  verdict.fits = cost <= remaining && capacity > 0;
  verdict.remaining = remaining;
  verdict.wait = 0;
  if (verdict.fits) {
    level += cost * unit;
    verdict.remaining = remaining - cost;
  } else if (cost > capacity || capacity === 0) verdict.wait = Infinity;
  else {
    if (counted) {
      level = Math.max(level, full);
      verdict.remaining = 0;
    }
    verdict.wait = untilDrained(level - (full - cost * unit), rate, tick, now);
  }
  verdict.reset = untilDrained(level, rate, tick, now);
  verdict.life = verdict.reset;
  state[0] = now;
  state[1] = level;
  state[2] = level > full ? -unit : unit;
}

function setLevel({ capacity, unit }: BucketParams, state: State, level: number): void {
  state[1] = level;
  state[2] = level > capacity * unit ? -unit : unit;
}

/** A debt goes no lower than one full limit, and what has drained is not given back. */
function adjust(
  params: BucketParams,
  state: State,
  now: number,
  amount: number,
  at: number,
  standing?: Standing,
): void {
  const { capacity, unit, rate, tick } = params;
  const level = state[1];
  if (amount > 0) {
    const owed = Math.min(level + Math.min(amount, 2 * capacity) * unit, deepest(params));
    setLevel(params, state, Math.max(level, owed));
  } else {
    const asked = ceilDivide(level, unit) <= -amount ? level : -amount * unit;
    const back = standing === undefined ? asked : Math.min(asked, stands(params, standing, now, at));
    if (standing !== undefined) standing.freed = ceilDivide(back, rate) * tick;
    setLevel(params, state, level - back);
  }
}

/**
 * What is sure to stand of a charge, in units: costs drain in the order in which they came. So all of the level as it was
 * then is what drains until the charge has; and without what came before, the charge itself would have begun at once.
 */
function stands(
  { capacity, unit, rate, tick }: BucketParams,
  { charge, left }: Standing,
  now: number,
  at: number,
): number {
  const passed = at < now ? floorDivide(now, tick) - floorDivide(at, tick) : 0;
  const alone = Math.min(charge, 2 * capacity) * unit - passed * rate;
  // The last tick may drain less than the others.
  const inOrder = left < tick ? 0 : (floorDivide(left, tick) - 1) * rate;
  return Math.max(0, alone, inOrder);
}

function book(params: BucketParams, state: State, cost: number): boolean {
  if (state[1] > LONGEST) return false;
  setLevel(params, state, state[1] + cost * params.unit);
  return true;
}

/** In units and in microseconds: twice as much is below 2^53. */
const LONGEST = 2 ** 52;

/** The level of a debt of one full limit, or of what drains in `LONGEST`. */
function deepest({ capacity, unit, rate, tick }: BucketParams): number {
  const most = 2 * capacity * unit;
  const ticks = floorDivide(LONGEST, tick);
  return ceilDivide(most, rate) > ticks ? ticks * rate : most;
}

/**
 * The level at `now`. A level kept in another unit (the limit was changed) is converted to whole costs, rounded up.
 * @param state `[time, level, unit]`
 */
function drainedLevel(params: BucketParams, state: State, now: number): number {
  const { capacity, unit, rate, tick } = params;
  const level = state[2] === unit ? Math.min(state[1], capacity * unit) : convertedLevel(params, state);
  const ticks = tick === 1 ? now - state[0] : floorDivide(now, tick) - floorDivide(state[0], tick);
  return Math.max(0, level - ticks * rate);
}

/** A level in another unit, or beyond full. */
function convertedLevel(params: BucketParams, state: State): number {
  const { capacity, unit } = params;
  const [, level, kept] = state;
  if (kept === -unit || level === 0) return level;
  if (kept > 0) return Math.min(ceilDivide(level, kept), capacity) * unit;
  return Math.min(Math.min(ceilDivide(level, -kept), 2 * capacity) * unit, deepest(params));
}

/** Microseconds from `now` to the tick in which `amount` has drained. */
function untilDrained(amount: number, rate: number, tick: number, now: number): number {
  if (amount <= 0) return 0;
  const ticks = ceilDivide(amount, rate);
  return tick === 1 ? ticks : (floorDivide(now, tick) + ticks) * tick - now;
}
