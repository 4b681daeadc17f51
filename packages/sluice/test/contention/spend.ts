import { rateLimiter, type Store } from "../../src/index.ts";
import { answerJobs } from "./answerJobs.ts";
import { openStore } from "./openStore.ts";
import { scenarios } from "./scenarios.ts";

export interface SpendJob {
  /** A URL. */
  readonly store: string;
  readonly namespace: string;
  readonly scenario: keyof typeof scenarios;
  readonly calls: number;
  /** So many start in each turn of the event loop; all are under way at once. */
  readonly callsInTurn: number;
}

export interface Spent {
  readonly admitted: number;
  /** Of each limit, afterwards. */
  readonly remaining: readonly number[];
}

const stores = new Map<string, Store>();

/** A process of its own: answers how many of its calls on one key were admitted. */
answerJobs(async ({ store: url, namespace, scenario, calls, callsInTurn }: SpendJob): Promise<Spent> => {
  const store = stores.get(url) ?? openStore(url);
  stores.set(url, store);
  const { limits, cost } = scenarios[scenario];
  const limiter = rateLimiter({ limits, store, namespace, onStoreError: "throw", timeoutMs: 30_000 });
  const decisions = [];
  for (let i = 1; i <= calls; i++) {
    decisions.push(limiter.consume("everybody", { cost }));
    if (i % callsInTurn === 0) await new Promise(setImmediate);
  }
  const admitted = (await Promise.all(decisions)).filter(({ allowed }) => allowed).length;
  const { limits: after } = await limiter.peek("everybody", { cost: 0 });
  return { admitted, remaining: after.map(({ remaining }) => remaining) };
});
