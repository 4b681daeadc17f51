import { nameLimits } from "../algorithms/nameLimits.ts";
import { subjectsOf } from "../algorithms/subjectsOf.ts";
import { type LimitsInput, readLimits } from "../algorithms/readLimits.ts";
import { checkFunction } from "../errors/checkFunction.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { warnOnce } from "../events/warnOnce.ts";
import type { Warning } from "../events/Warning.ts";
import { checkStore } from "../stores/checkStore.ts";
import { memoryStore } from "../stores/memory/memoryStore.ts";
import type { Plan, Store, SyncStore } from "../stores/Store.ts";
import { checkLabel } from "./checkLabel.ts";
import { Faults } from "./failure/Faults.ts";
import { FAILURE_OPTIONS, type FailureOptions, readFailureOptions } from "./failure/FailureOptions.ts";
import type { Limiter, SyncLimiter } from "./Limiter.ts";
import { limiterOf } from "./limiterOf.ts";
import { readNamespace } from "./readNamespace.ts";
import { registerLimiter } from "./registerLimiter.ts";

export interface RateLimiterOptions<S extends Store = Store> extends FailureOptions {
  /** One limit or several that are decided together: `"100/m"`, `tokenBucket({ ... })`, or a list of both. */
  limits: LimitsInput;
  /** Where state lives. Default: a memory store of its own. */
  store?: S | undefined;
  /**
   * Keeps two applications in one store apart: 1 to 64 printable ASCII characters. Default `"sluice"`, which warns
   * `DEFAULT_NAMESPACE` on a store that others may share.
   */
  namespace?: string | undefined;
  /** Keeps two limiters of one namespace apart, 1 to 256 characters. Default `"default"`. */
  name?: string | undefined;
  /** Told once for each code: something odd about the limiter. Default: the console. */
  onWarning?: ((warning: Warning) => unknown) | undefined;
}

/**
 * A limiter: `await limiter.consume("user:42")`.
 *
 * With a store that answers at once (memory, SQLite) it also has `consumeSync` and its siblings.
 *
 * @throws ConfigurationError with a code, the value and the nearest valid one
 */
export function rateLimiter(
  options: RateLimiterOptions<SyncStore> | (RateLimiterOptions & { store?: undefined }),
): SyncLimiter;
export function rateLimiter(options: RateLimiterOptions): Limiter;
export function rateLimiter(options: RateLimiterOptions): Limiter {
  checkOptions("rateLimiter", options, [
    "limits",
    "store",
    "namespace",
    "name",
    "onWarning",
    ...FAILURE_OPTIONS,
  ]);
  const { store = memoryStore(), name = "default" } = options;
  checkStore("rateLimiter", store);
  checkFunction("rateLimiter", "onWarning", options.onWarning);
  const namespace = readNamespace("rateLimiter", options.namespace, store, warnOnce(options.onWarning));
  checkLabel("rateLimiter", "name", name, 256);
  const limits = readLimits("rateLimiter", options.limits);
  const names = nameLimits("rateLimiter", limits);
  const subjects = subjectsOf("rateLimiter", limits).names;
  const plan: Plan = { namespace, pool: name, limits, block: { scope: "", duration: 0 } };
  const faults = new Faults(name, plan, names, store, readFailureOptions("rateLimiter", options));
  registerLimiter(store, [plan]);
  return limiterOf({ plan, names, subjects, prepared: store.prepare(plan), faults });
}
