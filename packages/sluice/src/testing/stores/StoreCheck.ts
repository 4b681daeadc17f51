import type { FastCheck } from "../loadFastCheck.ts";
import type { StoreUnderTest } from "./StoreUnderTest.ts";

/** What is given to a check: a store of its own, and how many random runs to make. */
export interface StoreCheckContext {
  readonly made: StoreUnderTest;
  readonly fc: FastCheck;
  readonly runs: number;
}

/** One thing that every store promises. */
export interface StoreCheck {
  /** The promise, as the name of a test. */
  readonly promise: string;
  /** Throws if the promise is broken. */
  hold(context: StoreCheckContext): Promise<void>;
}
