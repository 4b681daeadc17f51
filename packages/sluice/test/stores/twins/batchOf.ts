import type { StoreError } from "../../../src/errors/StoreError.ts";
import { decodeOutcomes } from "../../../src/stores/onServer/decodeOutcomes.ts";
import { type Batch, type Call, mergeCalls } from "../../../src/stores/onServer/mergeCalls.ts";
import type { Outcome } from "../../../src/stores/Store.ts";

/** All calls in one batch, under names without a prefix. */
export function batchOf(calls: readonly Call[]): Batch {
  return mergeCalls(calls, () => "", Infinity)[0];
}

/** What a reply answers to each call of a batch, in their order. */
export function answersOf({ entries }: Batch, reply: readonly (number | string)[]): (Outcome | StoreError)[] {
  const answers: (Outcome | StoreError)[] = [];
  decodeOutcomes(entries, reply, (place, answer) => (answers[place] = answer));
  return answers;
}
