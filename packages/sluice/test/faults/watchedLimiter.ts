import {
  fixedWindow,
  type Limiter,
  type LimiterEvent,
  type RateLimiterOptions,
  rateLimiter,
  type StoreErrorPolicy,
} from "sluice";
import { type RedisClient, redisStore } from "sluice/redis";

export const policies: readonly StoreErrorPolicy[] = ["local", "open", "closed", "throw"];

export interface WatchedLimiter {
  readonly limiter: Limiter;
  /** What it told. */
  readonly events: readonly LimiterEvent[];
}

/** Of a limit that no test exhausts by mistake, or of the limits given. */
export function watchedLimiter(options: Partial<RateLimiterOptions>): WatchedLimiter {
  const events: LimiterEvent[] = [];
  const limits = fixedWindow({ limit: 100_000, window: "30d" });
  const onEvent = (event: LimiterEvent) => events.push(event);
  return { limiter: rateLimiter({ limits, onEvent, ...options } as RateLimiterOptions), events };
}

/** A store of its own, which knows nothing of how other stores of this client do. */
export function quietStore(client: RedisClient): ReturnType<typeof redisStore> {
  return redisStore(client, { onWarning: () => {} });
}

let namespaces = 0;

/** A namespace that no other test uses. */
export function freshNamespace(): string {
  return `faults ${process.pid} ${Date.now()} ${namespaces++}`;
}
