import type { EventStream } from "../events/EventStream.ts";
import type { Duration } from "../units/duration.ts";
import type { Decision } from "./Decision.ts";
import type { Hold, ReserveOptions, Settlement } from "./holds/Hold.ts";
import type { Inspection } from "./Inspection.ts";
import type { LimitsProvider, LimitsUpdate, SyncLimitsProvider } from "./limits/LimitsUpdate.ts";
import type { Permit } from "./Permit.ts";
import type { WaitOptions } from "./waiting/WaitOptions.ts";

/** Who is counted: a key, or one for each subject where limits say `by`: `{ user: "42", tenant: "acme" }`. */
export type Key = string | Readonly<Record<string, string>>;

/** A cost for every limit, or costs by the names of the limits; a limit that is not named takes 1. Whole numbers from 0. */
export type Cost = number | Readonly<Record<string, number>>;

/** What a call may say. */
export interface CostOptions {
  /** Default 1. A cost of 0 passes unless the key is blocked or a limit is 0. */
  cost?: Cost | undefined;
}

/**
 * Limits, a store, and verbs. A key is any string that is not empty; over 256 bytes of UTF-8 it is hashed. All verbs throw
 * `INVALID_KEY` or `INVALID_COST` for a wrong argument, and a StoreError if the store fails.
 */
export interface Limiter {
  /** Charges the cost to every limit, or to none, and tells. A denial is a value. */
  consume(key: Key, options?: CostOptions): Promise<Decision>;
  /**
   * The same, for those who prefer to catch.
   * @throws RateLimitExceededError if the call is refused
   */
  acquire(key: Key, options?: CostOptions): Promise<Decision>;
  /**
   * The same, when there is room: first come, first served. It is refused at once, as a value, where the limits do not have
   * room for it in time, if the key is blocked, or if `maxQueue` wait already. Slots of token buckets, leaky buckets and GCRA
   * are booked in the store, so nobody overtakes, in no process; for others the callers of this process stand in line.
   * @throws the reason of the signal; LimiterClosedError
   */
  wait(key: Key, options?: WaitOptions): Promise<Decision>;
  /**
   * Charges an estimate to every limit, or to none, and tells: settle it when the real cost is known, or cancel it. What is
   * never settled stays spent.
   */
  reserve(key: Key, options?: ReserveOptions): Promise<Hold>;
  /** Settles what was reserved under an id, in this process or in another: see {@link Hold}. */
  settle(key: Key, id: string, actual: Cost): Promise<Settlement>;
  /** Gives back what was reserved under an id. */
  cancel(key: Key, id: string): Promise<Settlement>;
  /** Gives a cost back, 1 by default, to the windows of this moment and never above full. Permits stay taken. */
  refund(key: Key, cost?: Cost): Promise<void>;
  /** Refuses the key, whatever its limits say, from 1 ms to 366 days from now; an earlier block ends by it. */
  block(key: Key, duration: Duration): Promise<void>;
  /** Ends a block. What was spent stays spent. */
  unblock(key: Key): Promise<void>;
  /** What the store knows of the key, in numbers and in words. Charges nothing. */
  inspect(key: Key): Promise<Inspection>;
  /**
   * Acquires, then calls the function with the decision, and answers what it answers. What it throws passes through, and
   * what was charged stays charged; what counts at once is given back.
   * @throws RateLimitExceededError if the call is refused; the function is not called
   */
  run<T>(key: Key, fn: (decision: Decision) => T | Promise<T>, options?: CostOptions): Promise<T>;
  /**
   * The same around a block: `using permit = await limiter.enter(key)`.
   * @throws RateLimitExceededError if the call is refused
   */
  enter(key: Key, options?: CostOptions): Promise<Permit>;
  /** What `consume` would answer now. Charges nothing. */
  peek(key: Key, options?: CostOptions): Promise<Decision>;
  /** Forgets what the key spent, and unblocks it. */
  reset(key: Key): Promise<void>;
  /** `consume` for each key of a list, each for itself, on a server in one round trip. Answers in the order of the list. */
  consumeMany(keys: readonly Key[], options?: CostOptions): Promise<Decision[]>;
  /** `peek` for each key of a list, likewise. */
  peekMany(keys: readonly Key[], options?: CostOptions): Promise<Decision[]>;
  /** `refund` for each key of a list, likewise. */
  refundMany(keys: readonly Key[], cost?: Cost): Promise<void>;
  /** `block` for each key of a list, likewise. */
  blockMany(keys: readonly Key[], duration: Duration): Promise<void>;
  /** `unblock` for each key of a list, likewise. */
  unblockMany(keys: readonly Key[]): Promise<void>;
  /** `inspect` for each key of a list, likewise. */
  inspectMany(keys: readonly Key[]): Promise<Inspection[]>;
  /** `reset` for each key of a list, likewise. */
  resetMany(keys: readonly Key[]): Promise<void>;
  /** Ends what waits here, and the renewal of permits. The store and its client stay open. */
  close(): void;
  /** What happens: `limiter.events.on("decision", ({ decision }) => ...)`. */
  readonly events: EventStream;
  /**
   * Other limits from the next call on, or a function that tells them. Calls that are under way keep theirs.
   * @throws ConfigurationError if anything is wrong with them; then nothing has changed
   */
  update<K extends Key = string>(change: LimitsUpdate<LimitsProvider<K>>): void;
}

/** What a limiter can do besides when its store answers at once. */
export interface SyncLimiter extends Limiter {
  /** `consume`, without a promise. */
  consumeSync(key: Key, options?: CostOptions): Decision;
  /**
   * `acquire`, without a promise.
   * @throws RateLimitExceededError if the call is refused
   */
  acquireSync(key: Key, options?: CostOptions): Decision;
  /** `peek`, without a promise. */
  peekSync(key: Key, options?: CostOptions): Decision;
  /** `reset`, without a promise. */
  resetSync(key: Key): void;
  /** As that of every limiter, with a function that answers at once. */
  update<K extends Key = string>(change: LimitsUpdate<SyncLimitsProvider<K>>): void;
}
