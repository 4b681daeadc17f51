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

export const LIMIT = 100;
export const WINDOW_MS = 60_000;
const rate = { amount: LIMIT, per: WINDOW_MS };

/** The seven algorithms, each told the same: a hundred a minute. */
export const contenders: Readonly<Record<string, Limit>> = {
  "fixed window": fixedWindow({ limit: LIMIT, window: WINDOW_MS }),
  "sliding window": slidingWindow({ limit: LIMIT, window: WINDOW_MS }),
  "sliding log": slidingLog({ limit: LIMIT, window: WINDOW_MS }),
  "token bucket": tokenBucket({ capacity: LIMIT, refill: rate }),
  "leaky bucket": leakyBucket({ capacity: LIMIT, leak: rate }),
  GCRA: gcra({ burst: LIMIT, rate }),
  adaptive: adaptive({ limit: LIMIT, window: WINDOW_MS, burstMultiplier: 2 }),
};
