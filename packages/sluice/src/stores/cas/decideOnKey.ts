import { StoreError } from "../../errors/StoreError.ts";
import type { StoredRecord } from "../record.ts";
import type { Outcome } from "../Store.ts";
import type { CasRecords } from "./CasRecords.ts";
import { type CasCall, decideRound } from "./decideRound.ts";

/** Tells the instant of a decision over these records, in microseconds. */
export type TimeOf = (...records: readonly StoredRecord[]) => number;

/**
 * Reads the records of a key, decides the first of the calls, and swaps what they changed.
 *
 * The block is read after the states. If the states are still the same at the swap, they were so when the block was
 * read: at that instant both were as the decision saw them. The other way round, a block could start and the states
 * change between the two reads, and a call be admitted over what never was together.
 *
 * @returns for each of the first calls its outcome, or why nobody knows it; undefined if another process was first, or
 *   only a clock was repaired: then nothing was charged
 */
export async function decideOnKey<Version>(
  records: CasRecords<Version>,
  timeOf: TimeOf,
  keys: { readonly states: string; readonly block: string },
  calls: readonly CasCall[],
): Promise<readonly (Outcome | StoreError)[] | undefined> {
  const states = await records.read(keys.states);
  const block = await records.read(keys.block);
  const now = timeOf(states.record, block.record);
  const { outcomes, changed } = decideRound(calls, states.record, block.record, now);
  if (changed === undefined) return outcomes;
  try {
    const isSwapped = await records.swap({ states, block }[changed.name], changed.record, now);
    return isSwapped && outcomes.length > 0 ? outcomes : undefined;
  } catch (error) {
    if (!(error instanceof StoreError) || outcomes.length === 0) throw error;
    return outcomes.map(() => error);
  }
}
