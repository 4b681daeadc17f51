/** What one key remembers while anything is reserved in it. */
export interface Epoch {
  /** When the key is reset it is forgotten, and with it what was reserved in it. 0 where nothing is reserved. */
  epoch: number;
  /** Microseconds of draining that were given back since. What was charged before stands that much shorter. */
  given: number;
  /** From then on it is forgotten. */
  until: number;
}

/** Nothing is reserved. */
export const NO_EPOCH: Epoch = { epoch: 0, given: 0, until: 0 };
