import type { Duration } from "../../units/duration.ts";
import type { Decision } from "../Decision.ts";
import type { Cost, CostOptions } from "../Limiter.ts";

/** What a `reserve` may say. */
export interface ReserveOptions extends CostOptions {
  /**
   * How long the reservation can be settled, from 1 ms to 366 days; after that the estimate stays spent. What counts at once
   * is free again at the `ttl` of its limit, whichever comes first. Default one minute, or the shortest `ttl` of the limits
   * on concurrency.
   */
  ttl?: Duration | undefined;
  /**
   * By what it is found again, by `limiter.settle` in any process, and by a `reserve` that is repeated, which charges
   * nothing then: any string that is not empty. Default: a random one.
   */
  id?: string | undefined;
}

/**
 * `"settled"`: it is paid as it was first settled, now or before. `"expired"`: it was not known any more, and its estimate
 * stays spent. `"refused"`: nothing was reserved.
 */
export type Settlement = "settled" | "expired" | "refused";

/** A decision, and what was reserved if it was allowed. */
export interface Hold extends Decision {
  /** By what it is found again, as it was given or made. */
  readonly id: string;
  /**
   * Pays what it really cost. Less is given back, to the windows that were charged and never above full. More is charged,
   * though it may not fit: buckets go into a debt of one full limit at most, other algorithms up to their limit. Repeated
   * it changes nothing, so it may be tried again after an error.
   * @throws StoreError
   */
  settle(actual: Cost): Promise<Settlement>;
  /**
   * Gives everything back.
   * @throws StoreError
   */
  cancel(): Promise<Settlement>;
}
