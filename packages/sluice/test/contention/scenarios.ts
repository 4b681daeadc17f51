import { type Cost, fixedWindow, type LimitsInput, slidingWindow, tokenBucket } from "../../src/index.ts";

/** What is spent, and what then remains of each limit. A test ends long before anything comes back. */
export interface Scenario {
  readonly limits: LimitsInput;
  readonly cost: Cost;
  /** How many calls pass, however many come. */
  readonly admitted: number;
  readonly remaining: readonly number[];
}

const year = { window: "366d", anchor: "first-call" } as const;

export const scenarios = {
  "a fixed window": {
    limits: fixedWindow({ limit: 1000, ...year }),
    cost: 1,
    admitted: 1000,
    remaining: [0],
  },
  "a token bucket": {
    limits: tokenBucket({ capacity: 1000, refill: "1/d" }),
    cost: 1,
    admitted: 1000,
    remaining: [0],
  },
  "two limits with costs of their own": {
    limits: [
      tokenBucket({ capacity: 2402, refill: "1/d", name: "units" }),
      slidingWindow({ limit: 700, window: "366d", name: "calls" }),
    ],
    cost: { units: 4, calls: 1 },
    admitted: 600,
    remaining: [2, 100],
  },
  "a limit of 10": {
    limits: fixedWindow({ limit: 10, ...year }),
    cost: 1,
    admitted: 10,
    remaining: [0],
  },
} satisfies Readonly<Record<string, Scenario>>;
