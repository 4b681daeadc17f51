import type { Keys, Plan } from "./Store.ts";

/** The names of the records that one call reads: what comes before the key, so that no key can spell another's record. */
export interface RecordNames {
  /** Of the states of a key in the plan's pool; with an empty key, of what the limits share over all keys. */
  readonly states: string;
  /** Of the block of a key. */
  readonly block: string;
  /** Of what was reserved in the plan's pool; the keys and the id follow as `holdName`. */
  readonly hold: string;
}

/** JSON lists of two and of three strings: injective, and readable for whoever looks into the store. */
export function recordNames({ namespace, pool, block }: Plan): RecordNames {
  return {
    states: JSON.stringify([namespace, pool]),
    block: JSON.stringify([namespace, "block", block.scope]),
    hold: JSON.stringify([namespace, "hold", pool]),
  };
}

/** One name for the keys of a call and the id of what they reserved. */
export function holdName(keys: Keys, id: string): string {
  return JSON.stringify([keys, id].flat());
}
