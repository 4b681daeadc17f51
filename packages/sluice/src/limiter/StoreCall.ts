import type { Costs, Mode } from "../stores/Store.ts";

/** A call as the store takes it, and under which key the caller knows it. */
export interface StoreCall {
  readonly key: string;
  /** Under which the states are found, encoded. */
  readonly stateKey: string;
  /** Under which a block is found, encoded. */
  readonly blockKey: string;
  readonly costs: Costs;
  readonly mode: Mode;
}
