import { bucketLevel, drainOf } from "./bucketLevel.ts";
import type { Call, Model } from "./Model.ts";
import { slidingCount } from "./slidingCount.ts";

/** The options of `adaptiveModel`. */
export interface AdaptiveModelOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** These five as in the options of `adaptive`. */
  readonly burstMultiplier: number;
  readonly loadWindowMs: number;
  readonly highLoad: number;
  readonly lowLoad: number;
  readonly penalty: number;
  readonly hardLimit?: number;
  /** What counts as a load of 1 over all keys, for `load: "shared"`. Default: `limit` in `windowMs`. */
  readonly loadLimit?: { readonly amount: number; readonly periodMs: number };
  /** Microseconds in a tick: what drains or loses weight does so at whole ticks. */
  readonly tick: number;
}

/**
 * Adaptive, of one key: the cap is `limit * burstMultiplier` when quiet, less `penalty` of it under high load, linear in
 * between, at least 1 and at most `hardLimit`. A bucket that drains by `limit` in a window and a sliding count both stay
 * within the cap.
 *
 * The load is a sliding count of what was admitted over `loadWindowMs`, in which no window counts more than a load of 1;
 * shares are whole thousandths, rounded down.
 */
export function adaptiveModel(options: AdaptiveModelOptions): Model {
  const { limit, windowMs, tick, hardLimit = Infinity } = options;
  const cap = wholeCap(options);
  const drain = drainOf([{ amount: limit, periodMs: windowMs }], tick);
  const guard = { window: BigInt(windowMs) * 1000n, tick: BigInt(tick), most: BigInt(cap) };
  return {
    room(calls, now) {
      if (limit === 0) return 0;
      const level = (bucketLevel(calls, drain, cap, now) + drain.denominator - 1n) / drain.denominator;
      const used = Math.max(Number(level), Number(slidingCount(calls, guard, now)));
      return Math.max(0, Math.min(cutCap(options, cap, calls, now), hardLimit) - used);
    },
  };
}

/** The cap when quiet. */
function wholeCap({ limit, burstMultiplier }: AdaptiveModelOptions): number {
  return Number((BigInt(limit) * thousandths(burstMultiplier)) / 1000n);
}

/** The cap under the load of `now`. */
function cutCap(options: AdaptiveModelOptions, cap: number, calls: readonly Call[], now: number): number {
  const low = thousandths(options.lowLoad);
  const high = thousandths(options.highLoad);
  const load = loadAt(options, calls, now);
  const over = load <= low ? 0n : load >= high ? high - low : load - low;
  const cut = (thousandths(options.penalty) * over) / (high - low);
  return Math.max(Number((BigInt(cap) * (1000n - cut)) / 1000n), Math.min(cap, 1));
}

/** The load in thousandths. */
function loadAt(options: AdaptiveModelOptions, calls: readonly Call[], now: number): bigint {
  const { limit, windowMs, loadWindowMs, tick, loadLimit = { amount: limit, periodMs: windowMs } } = options;
  const allowed = (BigInt(loadLimit.amount) * BigInt(loadWindowMs)) / BigInt(loadLimit.periodMs);
  const full = allowed > 1n ? allowed : 1n;
  const sensor = { window: BigInt(loadWindowMs) * 1000n, tick: BigInt(tick), most: full };
  const admitted = calls.filter(({ refused = false }) => !refused);
  return (slidingCount(admitted, sensor, now) * 1000n) / full;
}

function thousandths(share: number): bigint {
  return BigInt(Math.round(share * 1000));
}
