import { type Clock, memoryStore, type Store, StoreError } from "sluice";

/**
 * A store in this process that fails when it is told to: with an error, by never answering (`"silent"`), or by doing what it
 * is asked and keeping the answer back (`"holding"`).
 */
export interface FaultyStore extends Store {
  fault: Error | "silent" | "holding" | undefined;
  /** How many calls came to it. */
  asked: number;
  /** Answers the calls that it has not answered. */
  answerLate(): void;
}

export const DOWN: StoreError = new StoreError("STORE_FAILED", "the server is gone");

export function faultyStore(clock?: Clock): FaultyStore {
  const store = memoryStore({ clock });
  let late: (() => void)[] = [];
  async function failOr<T>(work: () => Promise<T>): Promise<T> {
    faulty.asked++;
    if (faulty.fault === undefined) return work();
    if (faulty.fault instanceof Error) throw faulty.fault;
    const done = faulty.fault === "holding" ? work() : undefined;
    await new Promise<void>((resolve) => late.push(resolve));
    return done ?? work();
  }
  const faulty: FaultyStore = {
    timer: store.timer,
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
