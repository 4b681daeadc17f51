import { loadFastCheck } from "./loadFastCheck.ts";
import type { Runner } from "./Runner.ts";
import { admitsExactlyTheLimit } from "./stores/admitsExactlyTheLimit.ts";
import { answersAsTheReference } from "./stores/answersAsTheReference.ts";
import { endsWhenClosed } from "./stores/endsWhenClosed.ts";
import { forgetsTheIdle } from "./stores/forgetsTheIdle.ts";
import { forgetsTheSettled } from "./stores/forgetsTheSettled.ts";
import { keepsKeysApart } from "./stores/keepsKeysApart.ts";
import { keepsOrder } from "./stores/keepsOrder.ts";
import { refusesAtOnce } from "./stores/refusesAtOnce.ts";
import type { StoreCheck } from "./stores/StoreCheck.ts";
import type { MakeStore } from "./stores/StoreUnderTest.ts";

/** The options of `testStore`. */
export interface StoreSuiteOptions {
  /** How the group of tests is called. Default `"store"`. */
  name?: string;
  /**
   * How many random worlds the store is compared in with the reference, each with up to 40 operations, after a few that are
   * always the same. Default 100.
   */
  runs?: number;
}

const TIMEOUT_MS = 120_000;
const CHECKS: readonly StoreCheck[] = [
  answersAsTheReference,
  admitsExactlyTheLimit,
  keepsKeysApart,
  keepsOrder,
  forgetsTheIdle,
  forgetsTheSettled,
  refusesAtOnce,
  endsWhenClosed,
];

/**
 * Holds a store to what every store promises: the same answers as the decision itself over plain arrays, under random
 * operations of several limits, costs, blocks, peeks, resets, changed limits and a clock that jumps and steps back.
 *
 * ```ts
 * import { describe, test } from "vitest";
 *
 * testStore(() => {
 *   const clock = manualClock();
 *   return { store: myStore({ clock }), clock };
 * }, { describe, test });
 * ```
 *
 * Each test makes a store of its own. Needs fast-check.
 */
export function testStore(
  makeStore: MakeStore,
  { describe, test }: Runner,
  options: StoreSuiteOptions = {},
): void {
  const { name = "store", runs = 100 } = options;
  describe(`${name}, held to the store suite`, () => {
    for (const check of CHECKS) test(check.promise, () => run(makeStore, check, runs), TIMEOUT_MS);
  });
}

async function run(makeStore: MakeStore, check: StoreCheck, runs: number): Promise<void> {
  const fc = await loadFastCheck();
  const made = await makeStore();
  try {
    await check.hold({ made, fc, runs });
  } finally {
    await made.store.close();
    await made.close?.();
  }
}
