import type { AlgorithmName } from "../algorithms/Limit.ts";
import { readLimits } from "../algorithms/readLimits.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Cost, Key, SyncLimiter } from "../limiter/Limiter.ts";
import type { SyncLimitsProvider } from "../limiter/limits/LimitsUpdate.ts";
import type { RateLimiterOptions } from "../limiter/rateLimiter.ts";
import type { SyncStore } from "../stores/Store.ts";
import { likeBefore } from "./likeBefore.ts";
import type { AnyFunction, Limited, LimitedCall } from "./LimitedOptions.ts";
import { readLimitedOptions } from "./readLimitedOptions.ts";

/** The options of `limitedSync`: those of `limited`, over a store that answers at once. */
export type LimitedSyncOptions<This, Args extends readonly unknown[]> = Omit<
  LimitedCall<This, Args>,
  "key" | "cost"
> & {
  key?: Key | ((this: This, ...args: Args) => Key) | undefined;
  cost?: Cost | ((this: This, ...args: Args) => Cost) | undefined;
} & (
    | { limiter: SyncLimiter; limits?: undefined; name?: string | undefined }
    | (RateLimiterOptions<SyncStore, SyncLimitsProvider> & { limiter?: undefined })
  );

/**
 * The same as `limited` for a function that answers at once, and goes on to do so: over a store that does, too (memory,
 * SQLite). A refused call throws, or answers undefined, at once.
 *
 * @throws ConfigurationError, also for limits on concurrency: what answers at once does not run beside itself. Where the
 * limiter is given, or a function tells its limits, that is known with the first call, and thrown then.
 */
export function limitedSync<F extends AnyFunction>(
  fn: F,
  options: LimitedSyncOptions<ThisParameterType<F>, Parameters<F>> & { onLimit: "undefined" },
): Limited<F, ReturnType<F> | undefined, SyncLimiter>;
/**
 * The same as `limited` for a function that answers at once: its type stays as it is. A refused call throws a
 * RateLimitExceededError at once.
 *
 * @throws ConfigurationError, also for limits on concurrency: what answers at once does not run beside itself. Where the
 * limiter is given, or a function tells its limits, that is known with the first call, and thrown then.
 */
export function limitedSync<F extends AnyFunction>(
  fn: F,
  options: LimitedSyncOptions<ThisParameterType<F>, Parameters<F>> & { onLimit?: "throw" | undefined },
): F & { readonly limiter: SyncLimiter };
export function limitedSync(fn: AnyFunction, options: LimitedSyncOptions<any, any>): unknown {
  const read = readLimitedOptions("limitedSync", fn, options);
  const { keyOf, costOf, throws } = read;
  const limiter = read.limiter as SyncLimiter;
  if (typeof limiter.consumeSync !== "function") throw notSync();
  if (options.limiter === undefined && typeof options.limits !== "function")
    refuseConcurrency(readLimits("limitedSync", options.limits));
  const asking = function (this: unknown, ...args: unknown[]): unknown {
    const key = keyOf(this, args) as Key;
    const cost = costOf(this, args) as Cost | undefined;
    const decision = throws ? limiter.acquireSync(key, { cost }) : limiter.consumeSync(key, { cost });
    refuseConcurrency(decision.limits);
    if (!decision.allowed) return undefined;
    return fn.apply(this, args);
  };
  return likeBefore(asking, fn, limiter);
}

/** @throws ConfigurationError `INVALID_LIMIT` */
function refuseConcurrency(limits: readonly { readonly algorithm: AlgorithmName }[]): void {
  if (!limits.some(({ algorithm }) => algorithm === "concurrency")) return;
  const message =
    "limitedSync counts no concurrency, since what answers at once does not run beside itself; take limited";
  throw new ConfigurationError("INVALID_LIMIT", message, { path: "limits" });
}

function notSync(): ConfigurationError {
  const message =
    "limitedSync needs a store that answers at once: memory or SQLite; with others take limited";
  return new ConfigurationError("INVALID_OPTION", message, { path: "limiter" });
}
