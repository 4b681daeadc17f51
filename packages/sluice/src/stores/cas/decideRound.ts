import { copyOutcome } from "../inProcess/copyOutcome.ts";
import type { CallRecords, ChangedRecords } from "../inProcess/recordDesk.ts";
import { EMPTY_RECORD, type StoredRecord } from "../record.ts";
import type { Outcome } from "../Store.ts";

/** A call on one key, beside others on the same. */
export interface CasCall {
  /** Decides it, or does an act, over the records in hand. */
  work(records: CallRecords, now: number): { outcome: Outcome; changed: ChangedRecords };
}

/** What one swap can settle. */
export interface Round {
  /** Of the first calls; the others are for the next round. */
  readonly outcomes: readonly Outcome[];
  /** The record that they changed, if any. Their outcomes hold once it is written. */
  readonly changed?: { readonly name: "states" | "block"; readonly record: StoredRecord };
}

/**
 * Decides calls in order over the records in hand, as far as only one of the two records changes.
 *
 * A call that changes both has found a clock that stepped back: the states are repaired, and it is decided again. A
 * repair charges nothing and would be made by anybody, so it may stand alone.
 */
export function decideRound(
  calls: readonly CasCall[],
  states: StoredRecord,
  block: StoredRecord,
  now: number,
): Round {
  const outcomes: Outcome[] = [];
  const inHand = { states, block };
  let name: "states" | "block" | undefined;
  for (const call of calls) {
    const records = { states: [inHand.states], block: inHand.block, shared: EMPTY_RECORD };
    const { outcome, changed } = call.work(records, now);
    const isRepair = changed.states !== undefined && changed.block !== undefined;
    const changes = changed.states !== undefined ? "states" : changed.block !== undefined ? "block" : name;
    if (changes !== (name ?? changes)) break;
    name = changes;
    inHand.states = changed.states?.[0] ?? inHand.states;
    if (!isRepair) inHand.block = changed.block ?? inHand.block;
    if (isRepair) break;
    outcomes.push(copyOutcome(outcome));
  }
  return name === undefined ? { outcomes } : { outcomes, changed: { name, record: inHand[name] } };
}
