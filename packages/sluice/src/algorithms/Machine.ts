/**
 * What one limit remembers of one key: integers below 2^53. `state[0]` is a time in microseconds since the epoch, the
 * rest is what was used up to then. All zeros: nothing was ever spent.
 */
export type State = number[];

/** What a step says of one cost. */
export interface Verdict {
  /** The cost fits. */
  fits: boolean;
  /** Microseconds until exactly this cost fits if nobody else spends; 0 when it fits, Infinity when it never can. */
  wait: number;
  /** The largest cost that would fit now, after this one where it was charged. */
  remaining: number;
  /** Microseconds until everything is back, so that `remaining` is the limit. */
  reset: number;
  /** Microseconds until the state equals nothing, and may be forgotten; never before `reset`. */
  life: number;
  /** The first numbers of the state that this verdict speaks of, for the details of a decision. */
  state: State;
}

/** What of a charge may still stand in the level, when it is changed later. Amounts are whole costs. */
export interface Standing {
  /** What was charged. */
  readonly charge: number;
  /** Microseconds that all of the level as it was right after the charge still takes to drain; below 0 it has drained. */
  readonly left: number;
  /** Set by `adjust`: microseconds by which what was charged later drains sooner. */
  freed: number;
}

/** What a step works with: integers, in the order in which its twins take them. */
export type Params = Readonly<Record<string, number>>;

/** A step and the shape of its state. Its twins stand beside it. */
export interface Machine<P extends Params = Params> {
  readonly name: string;
  /** How many numbers every state has: at least 3, unless it has no twins. */
  readonly width: number;
  /** Entries follow the fixed numbers (a log). */
  readonly grows: boolean;
  /**
   * Unless the limit is 0, a step of cost 0 changes no answer of that instant, and admitted costs add up: the state after
   * several is that after their sum, and all of them fit if their sum is at most `remaining`. Stores on servers then
   * decide equal calls as one. Default: they do not.
   */
  readonly additive?: true;
  /**
   * The step: brings `state` to `now`, charges `cost` if it fits, and tells. It reads nothing but its arguments, and
   * writes nothing but `state` (a copy that belongs to the caller) and `verdict`.
   *
   * All arithmetic is on integers below 2^53, so that the twins in Lua and PL/pgSQL give the same bits.
   *
   * @param now microseconds since the epoch, never before `state[0]`: the caller has repaired a clock that stepped back. Not
   *   so where a limit shares a part of its state over all keys: there the step moves later times to now
   * @param cost a whole number, at least 0; 0 always fits, unless the limit is 0
   * @param counted charge a cost that does not fit too, as far as there is room (`countDenied`)
   */
  step(params: P, state: State, now: number, cost: number, counted: boolean, verdict: Verdict): void;
  /**
   * Changes what was charged, without asking whether it fits: a positive amount is added, as far as the limit can remember
   * it; a negative one is given back to what was charged at `at`, where that still counts, and never above full.
   *
   * @param state as a step of cost 0 at `now` left it
   * @param amount a whole number
   * @param at microseconds since the epoch
   * @param standing bounds what is given back, in machines whose levels drain; default no bound
   */
  adjust(params: P, state: State, now: number, amount: number, at: number, standing?: Standing): void;
  /**
   * Charges a cost that does not fit yet: its slot comes when it would have fitted, if nobody else spends. Later calls wait
   * behind it. Default: slots of this machine cannot be booked.
   *
   * @param state as a step of cost 0 at that instant left it
   * @param cost at most the limit
   * @returns whether it was booked; too far ahead, the integers would not be exact
   */
  book?(params: P, state: State, cost: number): boolean;
}
