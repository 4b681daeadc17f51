import type { Decided } from "./Passage.ts";

/** What one rule says to a request. */
export interface Ruling extends Decided {
  /** Charges what was only asked for until now; undefined if nothing is to be charged. */
  readonly charge: (() => Promise<void>) | undefined;
  /** Gives back what counts at once; undefined if nothing is held. Never rejects. */
  readonly release: (() => Promise<void>) | undefined;
}
