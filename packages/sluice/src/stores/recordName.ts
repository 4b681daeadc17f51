import type { Plan } from "./Store.ts";

/** The names of the records that one call reads: what comes before the key, so that no key can spell another's record. */
export interface RecordNames {
  /** Of the states of a key in the plan's pool; with an empty key, of what the limits share over all keys. */
  readonly states: string;
  /** Of the block of a key. */
  readonly block: string;
}

/** JSON lists of two and of three strings: injective, and readable for whoever looks into the store. */
export function recordNames({ namespace, pool, block }: Plan): RecordNames {
  return {
    states: JSON.stringify([namespace, pool]),
    block: JSON.stringify([namespace, "block", block.scope]),
  };
}
