import LocalStore from "@fastify/rate-limit/store/LocalStore.js";
import { MemoryStore as ExpressStore } from "express-rate-limit";
import { MemoryStore as HonoStore } from "hono-rate-limiter";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { fixedWindow, type Limit, rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { MANY } from "./workloads.ts";

/** The limit that a column runs under, per window. */
export interface Setting {
  readonly limit: number;
  readonly windowMs: number;
}

/** Decides one call, and tells one number of the answer, so that no answer goes unread. */
export type Call = (key: string) => number;
/** Decides one call; a rejection is an answer too. */
export type AsyncCall = (key: string) => Promise<object>;

/** What makes a fresh counter. What answers with a promise in its library does so here, and is awaited. */
export type Contender = Kind & {
  /** It is measured over few keys only: over many it would say nothing that its sibling does not. */
  readonly fewKeys?: true;
};

type Kind =
  | { readonly sync: (setting: Setting) => Call }
  | { readonly async: (setting: Setting) => AsyncCall };

/** Every contender, by its name in the table. Peers are called where their middleware calls its store. */
export const contenders: Readonly<Record<string, Contender>> = {
  "sluice token bucket": { sync: (setting) => sluice([bucketOf(setting)]) },
  "sluice fixed window": {
    sync: ({ limit, windowMs }) => sluice([fixedWindow({ limit, window: windowMs })]),
  },
  "sluice sliding window": {
    sync: ({ limit, windowMs }) => sluice([slidingWindow({ limit, window: windowMs })]),
  },
  "sluice three limits": { sync: (setting) => sluice(threeLimits(setting)), fewKeys: true },
  "sluice consume (promise)": { async: sluicePromise, fewKeys: true },
  "bare Map, no answer": { sync: bareMap },
  "hono-rate-limiter": { sync: hono },
  "@fastify/rate-limit": { sync: fastify },
  "express-rate-limit": { async: express },
  "rate-limiter-flexible": { async: flexible },
};

function sluice(limits: readonly Limit[]): Call {
  const limiter = rateLimiter({ limits });
  return (key) => limiter.consumeSync(key).remaining;
}

function sluicePromise(setting: Setting): AsyncCall {
  const limiter = rateLimiter({ limits: bucketOf(setting) });
  return (key) => limiter.consume(key);
}

function bucketOf({ limit, windowMs }: Setting): Limit {
  return tokenBucket({ capacity: limit, refill: { amount: limit, per: windowMs } });
}

function threeLimits(setting: Setting): readonly Limit[] {
  const { limit, windowMs } = setting;
  return [
    bucketOf(setting),
    fixedWindow({ limit, window: windowMs * 2 }),
    slidingWindow({ limit, window: windowMs / 2 }),
  ];
}

function bareMap(): Call {
  const counts = new Map<string, number>();
  return (key) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
}

function hono({ windowMs }: Setting): Call {
  const store = new HonoStore();
  store.init({ windowMs } as Parameters<typeof store.init>[0]);
  return (key) => store.increment(key).totalHits;
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

function express({ windowMs }: Setting): AsyncCall {
  const store = new ExpressStore();
  store.init({ windowMs } as Parameters<typeof store.init>[0]);
  return (key) => store.increment(key);
}

function flexible({ limit, windowMs }: Setting): AsyncCall {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowMs / 1000 });
  return (key) => limiter.consume(key);
}
