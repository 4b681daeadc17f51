import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "sluice";

export const LIMIT = 10;
export const WINDOW_MS = 10_000;

/** The seven algorithms, each told the same: ten in ten seconds. */
export const limits: Readonly<Record<string, Limit>> = {
  "fixed-window": fixedWindow({ limit: LIMIT, window: WINDOW_MS }),
  "sliding-window": slidingWindow({ limit: LIMIT, window: WINDOW_MS }),
  "sliding-log": slidingLog({ limit: LIMIT, window: WINDOW_MS }),
  "token-bucket": tokenBucket({ capacity: LIMIT, refill: { amount: LIMIT, per: WINDOW_MS } }),
  "leaky-bucket": leakyBucket({ capacity: LIMIT, leak: { amount: LIMIT, per: WINDOW_MS } }),
  gcra: gcra({ burst: LIMIT, rate: { amount: LIMIT, per: WINDOW_MS } }),
  adaptive: adaptive({ limit: LIMIT, window: WINDOW_MS, burstMultiplier: 2 }),
};
