import Memcached from "memcached";
import { readLimits } from "sluice";
import { memcachedStore } from "../../../../examples/memcachedStore.ts";
import { answerJobs } from "../contention/answerJobs.ts";

export interface CasJob {
  readonly namespace: string;
  readonly limit: number;
  readonly calls: number;
  /** So many start in each turn of the event loop; all are under way at once. */
  readonly callsInTurn: number;
}

export interface CasSpent {
  readonly admitted: number;
  /** Why calls failed. */
  readonly failed: readonly string[];
}

/** A process of its own, `spend.ts HOST:PORT`: answers how many of its calls on one key were admitted. */
const store = memcachedStore(new Memcached(process.argv[2]));
await store.ping();

answerJobs(async ({ namespace, limit, calls, callsInTurn }: CasJob): Promise<CasSpent> => {
  const limits = readLimits("spend", `${limit}/d`);
  const prepared = store.prepare({ namespace, pool: "a", limits, block: { scope: "", duration: 0 } });
  const outcomes = [];
  for (let i = 1; i <= calls; i++) {
    outcomes.push(prepared.decide("everybody", 1, "consume"));
    if (i % callsInTurn === 0) await new Promise(setImmediate);
  }
  const settled = await Promise.allSettled(outcomes);
  return {
    admitted: settled.filter((one) => one.status === "fulfilled" && one.value.allowed).length,
    failed: settled.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : [])),
  };
});
