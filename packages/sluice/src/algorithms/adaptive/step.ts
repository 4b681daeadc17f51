import { ceilDivide, floorDivide } from "../divide.ts";
import type { Machine, Standing, State, Verdict } from "../Machine.ts";

export type AdaptiveParams = {
  /** The burst cap when quiet. */
  readonly cap: number;
  /** The guard's and the refill's window, in microseconds. */
  readonly window: number;
  /** What a cost of 1 adds to the bucket's level, and what a tick drains. */
  readonly unit: number;
  readonly rate: number;
  /** Microseconds in a tick: 1 or 1000. */
  readonly tick: number;
  /** The sensor's window, in microseconds. */
  readonly loadWindow: number;
  /** What counts as a load of 1000 thousandths in the sensor's window. */
  readonly loadFull: number;
  /** Thousandths. */
  readonly lowLoad: number;
  readonly highLoad: number;
  readonly penalty: number;
  /** The ceiling that no burst passes. */
  readonly hardLimit: number;
};

/**
 * State: `[time, level, unit, current, previous, loadTime, load, previousLoad]`: a bucket, the guard's two counts, and
 * the sensor's two counts, which may be kept once for all keys.
 */
export const adaptive: Machine<AdaptiveParams> = { name: "adaptive", width: 8, grows: false, step, adjust };

function step(
  params: AdaptiveParams,
  state: State,
  now: number,
  cost: number,
  counted: boolean,
  verdict: Verdict,
): void {
  advance(params, state, now);
  const most = Math.min(params.cap, params.hardLimit);
  verdict.fits = cost <= roomAt(params, state, now) && most > 0;
  verdict.wait = 0;
  if (verdict.fits) {
    charge(params, state, cost);
    // What was refused is no load: one key that hammers would cut the cap of all.
    if (!counted) sense(state, cost);
  } else if (cost > most || most === 0) verdict.wait = Infinity;
  else {
    if (counted) charge(params, state, cost);
    verdict.wait = untilFits(params, state, now, cost);
  }
  verdict.remaining = roomAt(params, state, now);
  verdict.reset = untilFull(params, state, now);
  verdict.life = untilForgotten(params, state, now);
}

function advance(params: AdaptiveParams, state: State, now: number): void {
  const { window, unit, rate, tick, loadWindow } = params;
  if (state[2] !== unit && state[1] > 0)
    state[1] = Math.min(ceilDivide(state[1], state[2]), params.cap) * unit;
  const ticks = Math.max(0, floorDivide(now, tick) - floorDivide(state[0], tick));
  state[1] = Math.max(0, Math.min(state[1], params.cap * unit) - ticks * rate);
  state[2] = unit;
  // With a sensor of its own the first time has been moved to now, and only that of the sensor tells of a clock that stepped
  // back. With one for all keys both times are as they were stored, and an earlier one is that of this key.
  rollCounts(state, 3, window, state[0] < now ? state[0] : Math.max(state[0], state[5]), now);
  rollCounts(state, 6, loadWindow, state[5], now);
  state[3] = Math.min(state[3], MOST_COUNTED);
  state[4] = Math.min(state[4], MOST_COUNTED);
  state[6] = Math.min(state[6], MOST_COUNTED);
  state[7] = Math.min(state[7], MOST_COUNTED);
  state[0] = now;
  state[5] = now;
}

/** Moves the counts at `at` and `at + 1` from the window of `time` into the window of `now`. */
function rollCounts(state: State, at: number, window: number, time: number, now: number): void {
  const passed = floorDivide(now, window) - floorDivide(time, window);
  if (passed === 0) return;
  // Back over an edge, the window before would weigh less than it did.
  const kept = passed < 0 ? state[at] + state[at + 1] : 0;
  state[at + 1] = passed === 1 ? state[at] : 0;
  state[at] = kept;
}

function charge({ cap, unit }: AdaptiveParams, state: State, cost: number): void {
  state[1] = Math.min(cap * unit, state[1] + cost * unit);
  state[3] = Math.max(state[3], Math.min(cap, state[3] + cost));
}

function sense(state: State, cost: number): void {
  state[6] = Math.min(MOST_COUNTED, state[6] + cost);
}

/**
 * The sensor counts on beyond a full load, so that what is given back to it is exact, and the guard keeps what a higher limit
 * has used.
 */
const MOST_COUNTED = 2 ** 52;

/**
 * Neither the bucket nor the counts carry a debt. The sensor may count what other keys spent: of that, a refund gives back no
 * more than the guard of this key loses. What a hold gives back was charged to both.
 */
function adjust(
  params: AdaptiveParams,
  state: State,
  now: number,
  amount: number,
  at: number,
  standing?: Standing,
): void {
  const { cap, unit, window, loadWindow } = params;
  if (amount > 0) {
    charge(params, state, Math.min(amount, cap));
    return sense(state, Math.min(amount, cap));
  }
  state[1] = Math.max(0, state[1] - Math.min(-amount, cap) * unit);
  const lost = giveBack(state, 3, window, -amount, now, at);
  giveBack(state, 6, loadWindow, standing === undefined ? lost : -amount, now, at);
}

/**
 * To the count at `slot` of the window that it was charged in, if that still counts.
 * @returns what that count lost
 */
function giveBack(
  state: State,
  slot: number,
  window: number,
  amount: number,
  now: number,
  at: number,
): number {
  const passed = floorDivide(now, window) - floorDivide(at, window);
  if (passed > 1) return 0;
  const place = passed === 1 ? slot + 1 : slot;
  const lost = Math.min(state[place], amount);
  state[place] -= lost;
  return lost;
}

/**
 * The weighted sum of the counts at `at` at the instant `then`, in this window or a later one, rounded up. None counts for
 * more than `most`.
 */
function usedAt(
  state: State,
  at: number,
  most: number,
  window: number,
  tick: number,
  now: number,
  then: number,
): number {
  const passed = floorDivide(then, window) - floorDivide(now, window);
  if (passed > 1) return 0;
  const current = passed === 0 ? Math.min(state[at], most) : 0;
  const previous = Math.min(passed === 0 ? state[at + 1] : state[at], most);
  const ticks = window / tick;
  const elapsed = floorDivide(then - floorDivide(then, window) * window, tick);
  return current + ceilDivide(previous * (ticks - elapsed), ticks);
}

/** The burst cap under the load at `then`: whole when low, cut by `penalty` when high, linear in between. */
export function burstCap(params: AdaptiveParams, state: State, now: number, then: number): number {
  const { cap, lowLoad, highLoad, penalty, hardLimit } = params;
  const load = loadAt(params, state, now, then);
  const over = Math.min(Math.max(load - lowLoad, 0), highLoad - lowLoad);
  const cut = floorDivide(penalty * over, highLoad - lowLoad);
  return Math.min(Math.max(floorDivide(cap * (1000 - cut), 1000), Math.min(cap, 1)), hardLimit);
}

/** The load at `then`, in thousandths. */
export function loadAt(params: AdaptiveParams, state: State, now: number, then: number): number {
  const { loadWindow, loadFull, tick } = params;
  return floorDivide(usedAt(state, 6, loadFull, loadWindow, tick, now, then) * 1000, loadFull);
}

/** The largest cost that passes at `now`, as the advanced state stands. */
function roomAt(params: AdaptiveParams, state: State, now: number, then: number = now): number {
  const { cap, window, unit, rate, tick } = params;
  const ticks = floorDivide(then, tick) - floorDivide(now, tick);
  const level = ceilDivide(Math.max(0, state[1] - ticks * rate), unit);
  const used = usedAt(state, 3, cap, window, tick, now, then);
  return Math.max(0, burstCap(params, state, now, then) - Math.max(level, used));
}

/** No closed form: the room only grows while nobody spends, so the first instant is found by bisection. */
function untilFits(params: AdaptiveParams, state: State, now: number, cost: number): number {
  let refused = 0;
  let fits = timeToQuiet(params);
  while (fits - refused > 1) {
    const middle = refused + floorDivide(fits - refused, 2);
    if (cost <= roomAt(params, state, now, now + middle)) fits = middle;
    else refused = middle;
  }
  return fits;
}

/** Microseconds until `remaining` is the quiet cap again. */
function untilFull(params: AdaptiveParams, state: State, now: number): number {
  const most = Math.min(params.cap, params.hardLimit);
  return roomAt(params, state, now) === most ? 0 : untilFits(params, state, now, most);
}

/** Microseconds until level and counts are all gone, which may be long after the last of them cuts the cap. */
function untilForgotten(
  { rate, tick, window, loadWindow }: AdaptiveParams,
  state: State,
  now: number,
): number {
  const drained = state[1] === 0 ? 0 : (floorDivide(now, tick) + ceilDivide(state[1], rate)) * tick - now;
  return Math.max(drained, untilZero(state, 3, window, now), untilZero(state, 6, loadWindow, now));
}

function untilZero(state: State, at: number, window: number, now: number): number {
  const end = (floorDivide(now, window) + 1) * window;
  if (state[at] > 0) return end + window - now;
  return state[at + 1] > 0 ? end - now : 0;
}

/** An instant at which bucket, guard and sensor have all forgotten. */
function timeToQuiet({ unit, cap, rate, tick, window, loadWindow }: AdaptiveParams): number {
  return Math.max(2 * window, 2 * loadWindow, (ceilDivide(cap * unit, rate) + 1) * tick);
}
