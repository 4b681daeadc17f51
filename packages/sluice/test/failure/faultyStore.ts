import { memoryStore, type Store, StoreError } from "sluice";

/** A store in this process that fails when it is told to: with an error, or by never answering. */
export interface FaultyStore extends Store {
  fault: Error | "silent" | undefined;
  /** How many calls came to it. */
  asked: number;
  /** Answers the calls that it kept silent about. */
  answerLate(): void;
}

export const DOWN: StoreError = new StoreError("STORE_FAILED", "the server is gone");

export function faultyStore(): FaultyStore {
  const store = memoryStore();
  let late: (() => void)[] = [];
  async function failOr<T>(work: () => Promise<T>): Promise<T> {
    faulty.asked++;
    if (faulty.fault === undefined) return work();
    if (faulty.fault !== "silent") throw faulty.fault;
    await new Promise<void>((resolve) => late.push(resolve));
    return work();
  }
  const faulty: FaultyStore = {
    fault: undefined,
    asked: 0,
    answerLate() {
      for (const answer of late) answer();
      late = [];
    },
    prepare(plan) {
      const prepared = store.prepare(plan);
      return {
        decide: (...call) => failOr(() => prepared.decide(...call)),
        act: (...call) => failOr(() => prepared.act(...call)),
        reset: (...keys) => failOr(() => prepared.reset(...keys)),
      };
    },
    ping: () => failOr(() => store.ping()),
    close: () => store.close(),
  };
  return faulty;
}
