import type { Outcome } from "sluice";
import type { StoreError } from "../../../src/errors/StoreError.ts";
import type { StoredRecord } from "../../../src/stores/record.ts";

/** Everything that an outcome tells, as text. The life of a state shows in its record. */
export function tell(outcome: Outcome | StoreError): string {
  if (outcome instanceof Error) return outcome.message;
  const { now, allowed, blocked, blockedFor, verdicts } = outcome;
  const each = verdicts.map(
    ({ fits, wait, remaining, reset, state }) => `${fits} ${wait} ${remaining} ${reset} [${state.join(" ")}]`,
  );
  return `at ${now}: ${allowed} ${blocked} ${blockedFor}; ${each.join("; ")}`;
}

/** Every number of a record, its slots in the order of their ids. */
export function tellRecord(record: StoredRecord | undefined): string {
  if (record === undefined) return "none";
  const slots: number[][] = [];
  for (let at = 1; at < record.length; at += 3 + record[at + 2]) {
    slots.push(record.slice(at, at + 3 + record[at + 2]));
  }
  return `${record[0]}: ${slots.toSorted((a, b) => a[0] - b[0]).map((slot) => slot.join(" ")).join("; ")}`;
}
