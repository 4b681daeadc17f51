import type { Outcome, Plan, Verdict } from "sluice";
import type { StoreError } from "../../../src/errors/StoreError.ts";
import type { ActOutcome } from "../../../src/stores/Store.ts";
import type { StoredRecord } from "../../../src/stores/record.ts";
import { slotsOf } from "./slotsOf.ts";

/** Everything that an outcome tells, as text. The life of a state and the entries of a log show in their record. */
export function tell({ limits }: Plan, outcome: Outcome | StoreError): string {
  if (outcome instanceof Error) return outcome.message;
  const { now, allowed, blocked, blockedFor, verdicts } = outcome;
  const each = verdicts.map(
    ({ fits, wait, remaining, reset, state }, i) =>
      `${fits} ${wait} ${remaining} ${reset} [${state.slice(0, limits[i].machine.width).join(" ")}]`,
  );
  return `at ${now}: ${allowed} ${blocked} ${blockedFor}; ${each.join("; ")}`;
}

/**
 * The same of the memory store, with the details of each limit in the place of its numbers: a log that is empty may have
 * another time in there.
 */
export function tellInWords(plan: Plan, outcome: Outcome): string {
  const details = plan.limits.map((limit, i) =>
    limit.details(limit.params, outcome.verdicts[i].state, outcome.now),
  );
  const verdicts = outcome.verdicts.map((verdict) => ({ ...verdict, state: [] }));
  return tell(plan, { ...outcome, verdicts }) + JSON.stringify(details);
}

/** The same of an act. */
export function tellAct(plan: Plan, outcome: ActOutcome): string {
  return `${tell(plan, outcome)}; ${outcome.hold}`;
}

export function tellActInWords(plan: Plan, outcome: ActOutcome): string {
  return `${tellInWords(plan, outcome)}; ${outcome.hold}`;
}

/** Whether `tell` would say the same of both. It is asked a million times, and seldom tells. */
export function isSame({ limits }: Plan, a: Outcome, b: Outcome | StoreError): boolean {
  if (b instanceof Error || !isSameCall(a, b)) return false;
  return limits.every(({ machine }, i) => {
    const [s, t] = [a.verdicts[i].state, b.verdicts[i].state];
    for (let n = 0; n < machine.width; n++) if (s[n] !== t[n]) return false;
    return isSameVerdict(a.verdicts[i], b.verdicts[i]);
  });
}

/** The same for `tellInWords`. */
export function isSameInWords({ limits }: Plan, a: Outcome, b: Outcome): boolean {
  return (
    isSameCall(a, b) &&
    limits.every(({ params, details }, i) => {
      const [u, v] = [a.verdicts[i], b.verdicts[i]];
      const [said, other] = [details(params, u.state, a.now), details(params, v.state, b.now)];
      for (const word in said) if (said[word] !== other[word]) return false;
      return isSameVerdict(u, v);
    })
  );
}

function isSameCall(a: Outcome, b: Outcome): boolean {
  return (
    a.now === b.now && a.allowed === b.allowed && a.blocked === b.blocked && a.blockedFor === b.blockedFor
  );
}

function isSameVerdict(a: Verdict, b: Verdict): boolean {
  return a.fits === b.fits && a.wait === b.wait && a.remaining === b.remaining && a.reset === b.reset;
}

/** Every number of a record, its slots in the order of their ids. */
export function tellRecord(record: StoredRecord | undefined): string {
  if (record === undefined) return "none";
  return `${record[0]}: ${slotsOf(record)
    .toSorted((a, b) => a[0] - b[0])
    .map((slot) => slot.join(" "))
    .join("; ")}`;
}
