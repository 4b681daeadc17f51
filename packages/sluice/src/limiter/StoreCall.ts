import type { Act, Costs, Keys, Mode } from "../stores/Store.ts";
import type { Key } from "./Limiter.ts";

/** A call as a store takes it, and who it is for in the words of the caller. */
export interface StoreCall {
  readonly key: Key;
  readonly keys: Keys;
  readonly blockKey: string | undefined;
  readonly costs: Costs;
  readonly mode: Mode;
  /** In place of deciding: a `reserve` or a `book`. */
  readonly act?: Act;
}
