import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "ioredis";
import { RedisStore } from "rate-limit-redis";
import { RateLimiterRedis, RateLimiterUnion } from "rate-limiter-flexible";
import { type Limit, rateLimiter, tokenBucket } from "sluice";
import { redisStore } from "sluice/redis";
import type { ServerCall } from "../inFlight.ts";
import { bucket, FAILING, LIMIT, OTHER_WINDOWS_MS, sliding, twoWindows, WINDOW_MS } from "../serverLimits.ts";

/** Every contender over one connection of ioredis, called where its own middleware calls it. */
export const contenders: Readonly<Record<string, (client: Redis) => ServerCall>> = {
  "sluice token bucket": (client) => sluice(client, [bucket()]),
  "sluice sliding window": (client) => sluice(client, [sliding(WINDOW_MS)]),
  "sluice three limits": (client) => sluice(client, [bucket(), ...twoWindows()]),
  "sluice, refused, deniedCache": deniedCache,
  "rate-limiter-flexible": (client) => flexible(client),
  "rate-limiter-flexible, three limits": flexibleUnion,
  "rate-limit-redis": express,
  "@upstash/ratelimit, sliding window": upstash,
  "EVALSHA return 1": evalSha,
};

function sluice(client: Redis, limits: readonly Limit[]): ServerCall {
  const limiter = rateLimiter({ namespace: "bench", limits, store: redisStore(client), ...FAILING });
  return (key) => limiter.consume(key);
}

/** Of each key but one call is refused. */
function deniedCache(client: Redis): ServerCall {
  const store = redisStore(client, { deniedCache: true });
  const limits = tokenBucket({ capacity: 1, refill: "1/h" });
  const limiter = rateLimiter({ namespace: "denied", limits, store, ...FAILING });
  return (key) => limiter.consume(key);
}

function flexible(client: Redis): ServerCall {
  const limiter = new RateLimiterRedis({
    storeClient: client,
    points: LIMIT,
    duration: WINDOW_MS / 1000,
  });
  return (key) => limiter.consume(key);
}

function flexibleUnion(client: Redis): ServerCall {
  const limiters = [WINDOW_MS, ...OTHER_WINDOWS_MS].map(
    (windowMs) =>
      new RateLimiterRedis({
        storeClient: client,
        keyPrefix: `w${windowMs}`,
        points: LIMIT,
        duration: windowMs / 1000,
      }),
  );
  const union = new RateLimiterUnion(...limiters);
  return (key) => union.consume(key);
}

function express(client: Redis): ServerCall {
  const sendCommand = (...args: string[]) => client.call(...(args as [string, ...string[]]));
  const store = new RedisStore({ sendCommand: sendCommand as (...args: string[]) => Promise<number> });
  void store.init({ windowMs: WINDOW_MS } as Parameters<typeof store.init>[0]);
  return (key) => store.increment(key);
}

/**
 * It speaks HTTP to its own service; here the same script goes over the connection that the others have, without its
 * first line: that one is a flag of that service, which Redis refuses.
 */
function upstash(client: Redis): ServerCall {
  let known: string | undefined;
  const redis = {
    async evalsha(_: string, keys: string[], args: (string | number)[]) {
      if (known === undefined) throw new Error("NOSCRIPT");
      return client.evalsha(known, keys.length, ...keys, ...args);
    },
    async eval(script: string, keys: string[], args: (string | number)[]) {
      known ??= (await client.script("LOAD", script.replace(/^#!.*\n/, ""))) as string;
      return client.evalsha(known, keys.length, ...keys, ...args);
    },
  };
  const limiter = new Ratelimit({
    redis: redis as unknown as ConstructorParameters<typeof Ratelimit>[0]["redis"],
    limiter: Ratelimit.slidingWindow(LIMIT, `${WINDOW_MS} ms`),
    ephemeralCache: false,
    timeout: 0,
  });
  return (key) => limiter.limit(key);
}

/** No limiter: what a script call costs that does nothing. */
function evalSha(client: Redis): ServerCall {
  const loaded = client.script("LOAD", "return 1") as Promise<string>;
  let sha: string | undefined;
  return async (key) => client.evalsha((sha ??= await loaded), 1, key);
}
