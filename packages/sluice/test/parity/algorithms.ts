import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  memoryStore,
  slidingLog,
  slidingWindow,
  type SyncStore,
  tokenBucket,
} from "sluice";
import { sqliteStore } from "sluice/sqlite";
import { manualClock } from "sluice/testing";
import { onTestFinished } from "vitest";
import { temporaryFile } from "../sqlite/temporaryFile.ts";

/** Each algorithm with a limit of 10, of which nothing comes back while a clock stands still. */
export const algorithms: Readonly<Record<string, () => Limit>> = {
  fixedWindow: () => fixedWindow({ limit: 10, window: "1d" }),
  slidingWindow: () => slidingWindow({ limit: 10, window: "1d" }),
  slidingLog: () => slidingLog({ limit: 10, window: "1d" }),
  tokenBucket: () => tokenBucket({ capacity: 10, refill: "10/d" }),
  leakyBucket: () => leakyBucket({ capacity: 10, leak: "10/d" }),
  gcra: () => gcra({ burst: 10, rate: "10/d" }),
  adaptive: () => adaptive({ limit: 10, window: "1d", burstMultiplier: 1, penalty: 0 }),
};

/** The stores that are here, each at a clock that stands still. */
export const stores: Readonly<Record<string, () => SyncStore>> = {
  memory: () => memoryStore({ clock: manualClock() }),
  SQLite: () => {
    const store = sqliteStore(temporaryFile(), { clock: manualClock() });
    onTestFinished(() => store.close());
    return store;
  },
};

/** Every algorithm on every store. */
export const everywhere: readonly (readonly [algorithm: string, store: string])[] = Object.keys(
  algorithms,
).flatMap((algorithm) => Object.keys(stores).map((store) => [algorithm, store] as const));
