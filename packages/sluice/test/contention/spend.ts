import { rateLimiter } from "../../src/index.ts";
import { answerJobs } from "./answerJobs.ts";
import { openStore } from "./openStore.ts";
import { scenarios } from "./scenarios.ts";

export interface SpendJob {
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

/** A process of its own, `spend.ts STORE`: answers how many of its calls on one key were admitted. */
const store = openStore(process.argv[2]);
await store.ping();

answerJobs(async ({ namespace, scenario, calls, callsInTurn }: SpendJob): Promise<Spent> => {
  const { limits, cost } = scenarios[scenario];
  const limiter = rateLimiter({ limits, store, namespace });
  const decisions = [];
  for (let i = 1; i <= calls; i++) {
    decisions.push(limiter.consume("everybody", { cost }));
    if (i % callsInTurn === 0) await new Promise(setImmediate);
  }
  const admitted = (await Promise.all(decisions)).filter(({ allowed }) => allowed).length;
  const { limits: after } = await limiter.peek("everybody", { cost: 0 });
  return { admitted, remaining: after.map(({ remaining }) => remaining) };
});
