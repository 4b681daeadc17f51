import type { Machine, State, Verdict } from "../Machine.ts";

export type LogParams = {
  readonly limit: number;
  /** Microseconds. */
  readonly window: number;
  /**
   * How far `adjust` charges: the limit, for a log carries no debt. Beyond it, where what runs is charged anew: it runs, even
   * if more do by now under a limit that was raised.
   */
  readonly brim: number;
};

/**
 * State: `[time, used, span, cost, gap, cost, gap, ..., cost]`. `time` is that of the newest entry, `span` how long the
 * oldest lies before it; then the costs, oldest first, each with the gap to the next. All but `time` is relative, so a
 * repaired clock moves the whole log.
 */
export const log: Machine<LogParams> = { name: "log", width: 3, grows: true, step, adjust };

const FIRST = 3;

function step(
  params: LogParams,
  state: State,
  now: number,
  cost: number,
  counted: boolean,
  verdict: Verdict,
): void {
  const { limit, window } = params;
  dropUntil(state, (age) => age >= window, now);
  verdict.fits = cost <= Math.max(0, limit - state[1]) && limit > 0;
  verdict.wait = 0;
  if (verdict.fits) append(state, now, cost);
  else if (cost > limit || limit === 0) verdict.wait = Infinity;
  else {
    if (counted) {
      const most = Math.max(limit, state[1]);
      append(state, now, cost);
      trim(state, most);
    }
    verdict.wait = untilFits(params, state, now, cost);
  }
  verdict.remaining = Math.max(0, limit - state[1]);
  verdict.reset = state[1] > 0 ? state[0] + window - now : 0;
  verdict.life = verdict.reset;
}

/** What is given back is taken from the newest entries that are not newer than `at`. */
function adjust({ brim }: LogParams, state: State, now: number, amount: number, at: number): void {
  if (amount > 0) append(state, now, Math.max(0, Math.min(amount, brim - state[1])));
  else giveBack(state, -amount, at);
}

function giveBack(state: State, amount: number, at: number): void {
  const entries = state.splice(FIRST);
  let time = state[0] - state[2];
  let kept = Math.max(0, usedUntil(entries, time, at) - amount);
  state[1] = 0;
  state[2] = 0;
  for (let i = 0; i < entries.length; i += 2) {
    const cost = time > at ? entries[i] : Math.min(entries[i], kept);
    if (time <= at) kept -= cost;
    append(state, time, cost);
    time += entries[i + 1] ?? 0;
  }
}

/** The sum of the costs of the entries that are not newer than `at`. */
function usedUntil(entries: readonly number[], oldest: number, at: number): number {
  let time = oldest;
  let used = 0;
  for (let i = 0; i < entries.length && time <= at; i += 2) {
    used += entries[i];
    time += entries[i + 1] ?? 0;
  }
  return used;
}

/** Drops entries from the oldest on, while `expired` says so of their age. */
function dropUntil(state: State, expired: (age: number) => boolean, now: number): void {
  let first = FIRST;
  while (state[1] > 0 && expired(now - state[0] + state[2])) {
    state[1] -= state[first];
    state[2] -= state[first + 1] ?? 0;
    first += 2;
  }
  if (first > FIRST) state.splice(FIRST, first - FIRST);
}

/** Adds to the newest entry if it is of this very instant. */
function append(state: State, now: number, cost: number): void {
  if (cost === 0) return;
  const gap = now - state[0];
  if (state[1] === 0) state.push(cost);
  else if (gap === 0) state[state.length - 1] += cost;
  else {
    state.push(gap, cost);
    state[2] += gap;
  }
  state[0] = now;
  state[1] += cost;
}

/**
 * Drops the oldest costs beyond `most`: whoever counts refused calls needs no more than the newest. That is the limit, or
 * what a higher one has used.
 */
function trim(state: State, most: number): void {
  let first = FIRST;
  while (state[1] - state[first] >= most) {
    state[1] -= state[first];
    state[2] -= state[first + 1];
    first += 2;
  }
  state[first] -= state[1] - most;
  state[1] = most;
  state.splice(FIRST, first - FIRST);
}

function untilFits({ limit, window }: LogParams, state: State, now: number, cost: number): number {
  let time = state[0] - state[2];
  let used = state[1] - state[FIRST];
  for (let i = FIRST + 1; used + cost > limit; i += 2) {
    time += state[i];
    used -= state[i + 1];
  }
  return time + window - now;
}
