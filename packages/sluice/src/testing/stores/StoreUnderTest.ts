import type { Plan, Store, SyncStore } from "../../stores/Store.ts";
import type { ManualClock } from "../manualClock.ts";

/** A store that is to be held to the suite, empty or not: the suite uses namespaces of its own. */
export interface StoreUnderTest {
  /** One that is synchronous is asked in both ways. */
  readonly store: Store | SyncStore;
  /** The clock at which the store decides, if a test can give it one. Without, only what needs no clock is checked. */
  readonly clock?: ManualClock;
  /** Lets whole microseconds pass on a clock that the store does not take, but that can be moved forward. */
  advance?(microseconds: number): Promise<void> | void;
  /** How many records the store holds now. Without, nobody looks whether idle keys leave. */
  size?(): Promise<number> | number;
  /**
   * Plans that the store cannot decide in one atomic step, and refuses when it prepares them. The suite looks whether it
   * does, and asks for no others. Default: none.
   */
  refuses?(plan: Plan): boolean;
  /** Ends what the test itself started for this store, such as a client. */
  close?(): Promise<void> | void;
}

/** Makes a store for one test, which the suite closes. */
export type MakeStore = () => Promise<StoreUnderTest> | StoreUnderTest;
