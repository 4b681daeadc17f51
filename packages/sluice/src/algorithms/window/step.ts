import { ceilDivide, floorDivide } from "../divide.ts";
import type { Machine, State, Verdict } from "../Machine.ts";

export type WindowParams = {
  readonly limit: number;
  /** Microseconds. */
  readonly window: number;
  /** Microseconds in a tick: 1 or 1000. The window before this one loses weight once a tick. */
  readonly tick: number;
  /** 1: the window before this one counts by what is left of it (sliding); 0: it does not (fixed). */
  readonly sliding: 0 | 1;
  /** 1: windows start at multiples of `window` since the epoch; 0: at the first call. */
  readonly aligned: 0 | 1;
};

/**
 * State: `[start, current, previous]`. A fixed window is a sliding one whose previous count is always 0.
 *
 * The counts are what was used, by whatever limits: one that is lower counts them as a whole limit of its own, and writes
 * them back as they are, for whoever still has the higher one.
 */
export const window: Machine<WindowParams> = {
  name: "window",
  width: 3,
  grows: false,
  additive: true,
  step,
  adjust,
};

function step(
  params: WindowParams,
  state: State,
  now: number,
  cost: number,
  counted: boolean,
  verdict: Verdict,
): void {
  const { limit } = params;
  rollWindow(params, state, now);
  const previous = weightedPrevious(params, state, now);
  const room = limit - state[1] - previous;
  verdict.fits = cost <= Math.max(0, room) && limit > 0;
  verdict.wait = 0;
  if (verdict.fits) state[1] = state[1] + cost;
  else if (cost > limit || limit === 0) verdict.wait = Infinity;
  else {
    if (counted) chargeUpTo(limit, state, cost);
    verdict.wait = untilFits(params, state, now, cost);
  }
  verdict.remaining = Math.max(0, limit - state[1] - previous);
  verdict.reset = untilEmpty(params, state, now);
  verdict.life = verdict.reset;
}

/** A window carries no debt. What is given back goes to the window that it was charged in. */
function adjust(
  { limit, window, sliding }: WindowParams,
  state: State,
  _now: number,
  amount: number,
  at: number,
): void {
  if (amount > 0) chargeUpTo(limit, state, Math.min(amount, limit));
  else if (at >= state[0]) state[1] = Math.max(0, state[1] + amount);
  else if (sliding === 1 && at >= state[0] - window) state[2] = Math.max(0, state[2] + amount);
}

/** As far as there is room: nothing, where a higher limit has used more. */
function chargeUpTo(limit: number, state: State, cost: number): void {
  state[1] = Math.max(state[1], Math.min(limit, state[1] + cost));
}

/**
 * Two counts are one where the clock steps back over an edge: as often as that happens, they stay exact. Products are of
 * a count and at most one whole limit of it, so for them the bound is that of `slidingTick`.
 */
const MOST_COUNTED = 2 ** 52;

/** Moves the counts into the window of `now`. */
function rollWindow({ window, sliding, aligned }: WindowParams, state: State, now: number): void {
  const time = state[0];
  if (aligned === 0) {
    if (state[1] === 0 || now - time >= window) clear(state, now);
  } else {
    const start = floorDivide(now, window) * window;
    const passed = start - floorDivide(time, window) * window;
    if (passed > window) clear(state, start);
    else if (passed === window) {
      state[2] = sliding === 1 ? state[1] : 0;
      state[1] = 0;
    } else if (time > start) {
      // The clock stepped back over an edge. Earlier in its window, the one before would weigh less than it did.
      state[1] = Math.min(state[1] + state[2], MOST_COUNTED);
      state[2] = 0;
    }
    state[0] = start;
  }
}

function clear(state: State, start: number): void {
  state[0] = start;
  state[1] = 0;
  state[2] = 0;
}

/** What the previous window still counts, at most a whole limit, rounded up: `previous * (1 - elapsed / window)`. */
function weightedPrevious({ limit, window, tick }: WindowParams, state: State, now: number): number {
  if (state[2] === 0) return 0;
  const ticks = window / tick;
  return ceilDivide(Math.min(state[2], limit) * (ticks - floorDivide(now - state[0], tick)), ticks);
}

function untilFits(
  { limit, window, tick, sliding }: WindowParams,
  state: State,
  now: number,
  cost: number,
): number {
  const current = Math.min(state[1], limit);
  const end = state[0] + window;
  if (sliding === 0) return end - now;
  const ticks = window / tick;
  const free = limit - cost;
  if (current > free) return end + (ticks - floorDivide(free * ticks, current)) * tick - now;
  return end - floorDivide((free - current) * ticks, Math.min(state[2], limit)) * tick - now;
}

function untilEmpty({ window, sliding }: WindowParams, state: State, now: number): number {
  if (state[1] > 0) return state[0] + (sliding === 1 ? 2 : 1) * window - now;
  return state[2] > 0 ? state[0] + window - now : 0;
}
