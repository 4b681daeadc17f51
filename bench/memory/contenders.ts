import LocalStore from "@fastify/rate-limit/store/LocalStore.js";
import { MemoryStore as ExpressStore } from "express-rate-limit";
import { MemoryStore as HonoStore } from "hono-rate-limiter";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { fixedWindow, type Limit, rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { MANY } from "./workloads.ts";

/** Decides one call, and gives a number of the answer, so that no answer goes unread. */
export type Call = (key: string) => number;
export type AsyncCall = (key: string) => Promise<number>;

/** The limit that a column runs under, per window. */
export interface Setting {
  readonly limit: number;
  readonly windowMs: number;
}

/** A fresh counter. What answers with a promise in its library does so here, and is awaited. */
export type Contender = { readonly sync: (setting: Setting) => Call } | { readonly async: (setting: Setting) => AsyncCall };

/** Every contender, by the name it has in the table. Peers are called where their middleware calls its store. */
export const contenders: Readonly<Record<string, Contender>> = {
  "sluice token bucket": { sync: (setting) => sluiceSync([bucketOf(setting)]) },
  "sluice fixed window": { sync: ({ limit, windowMs }) => sluiceSync([fixedWindow({ limit, window: windowMs })]) },
  "sluice sliding window": { sync: ({ limit, windowMs }) => sluiceSync([slidingWindow({ limit, window: windowMs })]) },
  "sluice three limits": { sync: (setting) => sluiceSync(threeLimits(setting)) },
  "sluice consume (promise)": {
    async: (setting) => {
      const limiter = rateLimiter({ limits: bucketOf(setting) });
      return async (key) => (await limiter.consume(key)).remaining;
    },
  },
  "bare Map, no answer": { sync: bareMap },
  "hono-rate-limiter": {
    sync: ({ windowMs }) => {
      const store = new HonoStore();
      store.init({ windowMs } as Parameters<typeof store.init>[0]);
      return (key) => store.increment(key).totalHits;
    },
  },
  "@fastify/rate-limit": { sync: fastify },
  "express-rate-limit": {
    async: ({ windowMs }) => {
      const store = new ExpressStore();
      store.init({ windowMs } as Parameters<typeof store.init>[0]);
      return async (key) => (await store.increment(key)).totalHits;
    },
  },
  "rate-limiter-flexible": {
    async: ({ limit, windowMs }) => {
      const limiter = new RateLimiterMemory({ points: limit, duration: windowMs / 1000 });
      return async (key) => {
        try {
          return (await limiter.consume(key)).remainingPoints;
        } catch {
          return 0;
        }
      };
    },
  },
};

function sluiceSync(limits: readonly Limit[]): Call {
  const limiter = rateLimiter({ limits });
  return (key) => limiter.consumeSync(key).remaining;
}

function bucketOf({ limit, windowMs }: Setting): Limit {
  return tokenBucket({ capacity: limit, refill: { amount: limit, per: windowMs } });
}

function threeLimits(setting: Setting): readonly Limit[] {
  const { limit, windowMs } = setting;
  return [bucketOf(setting), fixedWindow({ limit, window: windowMs * 2 }), slidingWindow({ limit, window: windowMs / 2 })];
}

function bareMap(): Call {
  const counts = new Map<string, number>();
  return (key) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
}

/** With room for all keys: by default it would keep 5,000 and forget the rest. */
function fastify({ limit, windowMs }: Setting): Call {
  const store = new LocalStore(false, false, MANY);
  let count = 0;
  const answer = (_: Error | null, { current }: { current: number }) => (count = current);
  return (key) => {
    store.incr(key, answer, windowMs, limit);
    return count;
  };
}
