/// <reference lib="esnext.disposable" preserve="true" />
import type { CostOptions, Key } from "./Limiter.ts";

/**
 * Whatever can be asked for leave: every limiter, and any object of yours that has this method. No class to extend. It may
 * stand where a limiter stands in `limited`, `@rateLimited` and `rateLimit` of `sluice/trpc`.
 */
export interface Acquirer {
  /**
   * Resolves when the call may go ahead; with what does not matter, so `false` is no refusal.
   * @param options with the cost, where the caller says one
   * @throws RateLimitExceededError if the call is refused. Anything else is a fault, and passes through.
   */
  acquire(key: Key, options?: CostOptions): Promise<unknown>;
  /**
   * If it is there, it is asked in place of `acquire` by what knows when it has ended: what it gives is disposed of then.
   * So a limit on concurrency is held while a function runs.
   */
  enter?(key: Key, options?: CostOptions): Promise<AsyncDisposable & { readonly decision?: unknown }>;
}
