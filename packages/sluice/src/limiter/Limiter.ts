import type { Decision } from "./Decision.ts";

/** A cost for every limit, or costs by the names of the limits; a limit that is not named takes 1. Whole numbers from 0. */
export type Cost = number | Readonly<Record<string, number>>;

export interface CostOptions {
  /** Default 1. A cost of 0 passes unless the key is blocked or a limit is 0. */
  cost?: Cost | undefined;
}

/**
 * Limits, a store, and verbs. A key is who is counted: any string that is not empty; over 256 bytes of UTF-8 it is
 * hashed. All verbs throw `INVALID_KEY` or `INVALID_COST` for a wrong argument, and a StoreError if the store fails.
 */
export interface Limiter {
  /** Charges the cost to every limit, or to none, and tells. A denial is a value. */
  consume(key: string, options?: CostOptions): Promise<Decision>;
  /**
   * The same, for those who prefer to catch.
   * @throws RateLimitExceededError if the call is refused
   */
  acquire(key: string, options?: CostOptions): Promise<Decision>;
  /** What `consume` would answer now. Charges nothing. */
  peek(key: string, options?: CostOptions): Promise<Decision>;
  /** Forgets what the key spent, and unblocks it. */
  reset(key: string): Promise<void>;
}

/** What a limiter can do besides when its store answers at once. */
export interface SyncLimiter extends Limiter {
  consumeSync(key: string, options?: CostOptions): Decision;
  acquireSync(key: string, options?: CostOptions): Decision;
  peekSync(key: string, options?: CostOptions): Decision;
  resetSync(key: string): void;
}
