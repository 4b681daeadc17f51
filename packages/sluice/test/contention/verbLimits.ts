import { concurrency, fixedWindow, type Limit, tokenBucket } from "../../src/index.ts";

const year = { window: "366d", anchor: "first-call" } as const;

export const bookedLimit: Limit = tokenBucket({ capacity: 5, refill: "10/s" });

export const waitedLimit: Limit = tokenBucket({ capacity: 5, refill: "200/s" });

/** Nothing of it comes back while a test lasts. */
export const budget: readonly Limit[] = [
  fixedWindow({ limit: 100_000, ...year, name: "tokens" }),
  tokenBucket({ capacity: 1000, refill: "1/d", name: "requests" }),
];

export function atOnce(ttlMs: number): readonly Limit[] {
  return [
    concurrency({ limit: 3, ttl: ttlMs, name: "running" }),
    fixedWindow({ limit: 1_000_000, ...year, name: "calls" }),
  ];
}
