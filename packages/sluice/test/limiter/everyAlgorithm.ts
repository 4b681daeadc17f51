import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  type LimitOptions,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "../../src/index.ts";

/** A limit of `limit` a minute, of each algorithm. */
export const everyAlgorithm: readonly [
  name: string,
  make: (limit: number, options?: LimitOptions) => Limit,
][] = [
  ["fixedWindow", (limit, options) => fixedWindow({ limit, window: "1m", ...options })],
  [
    "fixedWindow from the first call",
    (limit, options) => fixedWindow({ limit, window: "1m", anchor: "first-call", ...options }),
  ],
  ["slidingWindow", (limit, options) => slidingWindow({ limit, window: "1m", ...options })],
  ["slidingLog", (limit, options) => slidingLog({ limit, window: "1m", ...options })],
  [
    "tokenBucket",
    (limit, options) =>
      tokenBucket({ capacity: limit, refill: { amount: limit || 1, per: "1m" }, ...options }),
  ],
  [
    "leakyBucket",
    (limit, options) => leakyBucket({ capacity: limit, leak: { amount: limit || 1, per: "1m" }, ...options }),
  ],
  ["gcra", (limit, options) => gcra({ burst: limit, rate: { amount: limit || 1, per: "1m" }, ...options })],
  ["adaptive", (limit, options) => adaptive({ limit, window: "1m", burstMultiplier: 1, ...options })],
];
