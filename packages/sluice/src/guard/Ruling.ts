import type { Decided } from "./Passage.ts";

/** What one rule says to a request. */
export interface Ruling extends Decided {
  /** Charges what was only asked for until now; undefined if nothing is to be charged. */
  readonly charge: (() => Promise<void>) | undefined;
}
