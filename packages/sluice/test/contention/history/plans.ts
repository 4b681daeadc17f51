import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Plan,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "../../../src/index.ts";

const NO_BLOCK = { scope: "", duration: 0 };

/** Every algorithm, over times so short that calls meet the ends of windows, of blocks and of what is stored. */
export function plansOf(namespace: string): Plan[] {
  return [
    {
      namespace,
      pool: "buckets",
      limits: [
        tokenBucket({ capacity: 12, refill: { amount: 9, per: 70 }, name: "tokens" }),
        gcra({ burst: 20, rate: { amount: 7, per: 40 }, name: "cells", countDenied: true }),
        leakyBucket({ capacity: 5, leak: { amount: 1, per: 20 }, name: "drops", dryRun: true }),
      ],
      block: NO_BLOCK,
    },
    {
      namespace,
      pool: "windows",
      limits: [
        slidingWindow({ limit: 20, window: 120, name: "sliding" }),
        fixedWindow({ limit: 16, window: 50, name: "fixed", countDenied: true }),
        fixedWindow({ limit: 30, window: 90, anchor: "first-call", name: "first" }),
      ],
      block: { scope: "windows", duration: 9000 },
    },
    {
      namespace,
      pool: "log",
      limits: [slidingLog({ limit: 15, window: 60, name: "log" })],
      block: NO_BLOCK,
    },
    {
      namespace,
      pool: "loads",
      limits: [
        adaptive({ limit: 20, window: 80, name: "own" }),
        adaptive({
          limit: 40,
          window: 100,
          load: "shared",
          loadLimit: { amount: 60, per: 100 },
          name: "all",
        }),
      ],
      block: NO_BLOCK,
    },
  ];
}

/** The first of them for longer times: whatever is lost between two processes shows. */
export function slowPlanOf(namespace: string): Plan {
  const limits = [tokenBucket({ capacity: 50_000, refill: "1/d", name: "tokens" })];
  return { namespace, pool: "slow", limits, block: NO_BLOCK };
}
