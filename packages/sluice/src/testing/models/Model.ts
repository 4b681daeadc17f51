/** A call that was charged. */
export interface Call {
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly cost: number;
  /** It was refused, and charged as far as there was room (`countDenied`). */
  readonly refused?: boolean;
}

/**
 * What an algorithm means, said a second time in another way: exactly, however slowly, and over all calls that were ever
 * charged instead of a few numbers. The laws compare every answer of a step with it, so it must share nothing with the
 * step: no recurrence, no unit, no rounding. Reckon with BigInt.
 */
export interface Model {
  /**
   * The largest cost that may pass at `now`, at least 0.
   * @param calls in order of time, none after `now`
   * @param now microseconds since the epoch
   */
  room(calls: readonly Call[], now: number): number;
}
