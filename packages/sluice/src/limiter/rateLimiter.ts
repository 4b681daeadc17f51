import type { LimitsInput } from "../algorithms/readLimits.ts";
import { checkFunction } from "../errors/checkFunction.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { checkWhole } from "../errors/checkWhole.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { type EventStream, readEvents } from "../events/EventStream.ts";
import { warnOnce } from "../events/warnOnce.ts";
import type { Warning } from "../events/Warning.ts";
import { checkStore } from "../stores/checkStore.ts";
import { memoryStore } from "../stores/memory/memoryStore.ts";
import type { Store, SyncStore } from "../stores/Store.ts";
import { checkLabel } from "../errors/checkLabel.ts";
import { FAILURE_OPTIONS, type FailureOptions, readFailureOptions } from "./failure/FailureOptions.ts";
import type { Key, Limiter, SyncLimiter } from "./Limiter.ts";
import { limiterOf } from "./limiterOf.ts";
import type { LimitsProvider, SyncLimitsProvider } from "./limits/LimitsUpdate.ts";
import { Plans } from "./limits/Plans.ts";
import { readNamespace } from "./readNamespace.ts";

/** The options of `rateLimiter`. */
export interface RateLimiterOptions<
  S extends Store = Store,
  Provider = LimitsProvider,
> extends FailureOptions {
  /**
   * One limit or several that are decided together: `"100/m"`, `tokenBucket({ ... })`, or a list of both. Or a function of
   * the key that tells them, for plans, overrides and flags: with every call, or as often as `limitsMaxAgeMs` says.
   */
  limits: LimitsInput | Provider;
  /**
   * How long what a function of `limits` answered holds for its key, in whole milliseconds from 0 to 86,400,000. It is
   * remembered for the last 10,000 keys. Only with a function, which may be one that always answers the same until an update
   * brings another. Default 0: it is asked with every call.
   */
  limitsMaxAgeMs?: number | undefined;
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
  /** Where it tells what happens, if several share a stream: `eventStream()`. Default: one of its own, `limiter.events`. */
  events?: EventStream | undefined;
}

/** The names of the options. */
export const LIMITER_OPTIONS: readonly (keyof RateLimiterOptions)[] = [
  "limits",
  "limitsMaxAgeMs",
  "store",
  "namespace",
  "name",
  "onWarning",
  "events",
  ...FAILURE_OPTIONS,
];

/**
 * A limiter: `await limiter.consume("user:42")`.
 *
 * With a store that answers at once (memory, SQLite) it also has `consumeSync` and its siblings.
 *
 * @throws ConfigurationError with a code, the value and the nearest valid one
 */
export function rateLimiter<K extends Key = string>(
  options:
    | RateLimiterOptions<SyncStore, SyncLimitsProvider<K>>
    | (RateLimiterOptions<Store, SyncLimitsProvider<K>> & { store?: undefined }),
): SyncLimiter;
/**
 * A limiter: `await limiter.consume("user:42")`, over a store that answers later, or limits that a function tells later.
 *
 * @throws ConfigurationError with a code, the value and the nearest valid one
 */
export function rateLimiter<K extends Key = string>(
  options: RateLimiterOptions<Store, LimitsProvider<K>>,
): Limiter;
export function rateLimiter(options: RateLimiterOptions<Store, LimitsProvider<any>>): Limiter {
  checkOptions("rateLimiter", options, LIMITER_OPTIONS);
  const { store = memoryStore(), name = "default" } = options;
  checkStore("rateLimiter", store);
  checkFunction("rateLimiter", "onWarning", options.onWarning);
  const events = readEvents("rateLimiter", options.events);
  events.follow(store.events);
  const warn = warnOnce(options.onWarning, events);
  const namespace = readNamespace("rateLimiter", options.namespace, store, warn);
  checkLabel("rateLimiter", "name", name, 256);
  const maxAgeMs = readMaxAge(options);
  const failure = readFailureOptions("rateLimiter", options);
  const plans = new Plans({ store, namespace, name, failure, events, maxAgeMs }, options.limits);
  return limiterOf(plans, store.timer);
}

function readMaxAge({
  limits,
  limitsMaxAgeMs: value,
}: RateLimiterOptions<Store, LimitsProvider<any>>): number {
  if (value === undefined) return 0;
  checkWhole("rateLimiter", "limitsMaxAgeMs", value, 86_400_000, 0);
  if (typeof limits === "function") return value;
  const message = `rateLimiter limitsMaxAgeMs must be given with a function as limits, not with ${show(limits)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value, path: "limitsMaxAgeMs" });
}
