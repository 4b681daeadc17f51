import type { EventStream } from "../events/EventStream.ts";
import type { Decision } from "./Decision.ts";
import type { LimitsProvider, LimitsUpdate, SyncLimitsProvider } from "./limits/LimitsUpdate.ts";
import type { Permit } from "./Permit.ts";

/** Who is counted: a key, or one for each subject where limits say `by`: `{ user: "42", tenant: "acme" }`. */
export type Key = string | Readonly<Record<string, string>>;

/** A cost for every limit, or costs by the names of the limits; a limit that is not named takes 1. Whole numbers from 0. */
export type Cost = number | Readonly<Record<string, number>>;

export interface CostOptions {
  /** Default 1. A cost of 0 passes unless the key is blocked or a limit is 0. */
  cost?: Cost | undefined;
}

/**
 * Limits, a store, and verbs. A key is any string that is not empty; over 256 bytes of UTF-8 it is hashed. All verbs throw `INVALID_KEY` or `INVALID_COST` for a wrong argument, and a StoreError if the store fails.
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
   * Acquires, then calls the function with the decision, and answers what it answers. What it throws passes through, and
   * what was charged stays charged.
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
  consumeSync(key: Key, options?: CostOptions): Decision;
  acquireSync(key: Key, options?: CostOptions): Decision;
  peekSync(key: Key, options?: CostOptions): Decision;
  resetSync(key: Key): void;
  update<K extends Key = string>(change: LimitsUpdate<SyncLimitsProvider<K>>): void;
}
