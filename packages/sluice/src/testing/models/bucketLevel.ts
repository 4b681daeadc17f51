import type { Call } from "./Model.ts";

/** An amount per time. */
export interface ModelRate {
  readonly amount: number;
  readonly periodMs: number;
}

/** What drains in a tick, as a fraction. */
export interface Drain {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Microseconds in a tick. */
  readonly tick: number;
}

/** The sum of rates as one fraction, unreduced. */
export function drainOf(rates: readonly ModelRate[], tick: number): Drain {
  const periods = rates.map(({ periodMs }) => BigInt(periodMs) * 1000n);
  const denominator = periods.reduce((product, period) => product * period, 1n);
  const numerator = rates
    .map(({ amount }, i) => (BigInt(amount) * BigInt(tick) * denominator) / periods[i])
    .reduce((sum, part) => sum + part, 0n);
  return { numerator, denominator, tick };
}

/**
 * The level of a draining bucket at `now`, times the denominator of the drain: the most by which the calls since any one
 * of them exceed what drained since then.
 */
export function bucketLevel(calls: readonly Call[], drain: Drain, capacity: number, now: number): bigint {
  const { numerator, denominator } = drain;
  const end = ticksAt(now, drain);
  let level = 0n;
  let since = 0n;
  for (let i = calls.length - 1; i >= 0; i--) {
    const { time, cost, refused = false } = calls[i];
    const drained = numerator * (end - ticksAt(time, drain));
    since += refused ? filled(calls, i, drain, capacity) : BigInt(cost) * denominator;
    if (since - drained > level) level = since - drained;
    if (refused) break;
  }
  return level;
}

/** The level right after the refused call at `i`, which found less room than it asked for. */
function filled(calls: readonly Call[], i: number, drain: Drain, capacity: number): bigint {
  const { time, cost } = calls[i];
  const full = BigInt(capacity) * drain.denominator;
  const asked = bucketLevel(calls.slice(0, i), drain, capacity, time) + BigInt(cost) * drain.denominator;
  return asked < full ? asked : full;
}

function ticksAt(time: number, { tick }: Drain): bigint {
  return BigInt(time) / BigInt(tick);
}
