import type { Limit } from "../../algorithms/Limit.ts";
import type { State } from "../../algorithms/Machine.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import type { Desk } from "../inProcess/Desk.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { loadPart, type Part, savePart } from "./Part.ts";

/** What stands in the row of one subject. */
export interface SubjectParts {
  readonly own: readonly Part[];
  /** Those that have a tail. */
  readonly logs: readonly Part[];
}

export function partsBySubject(limits: readonly Limit[], parts: readonly Part[]): readonly SubjectParts[] {
  const { names, places } = subjectsOf("memoryStore", limits);
  return Array.from({ length: Math.max(1, names.length) }, (_, subject) => {
    const own = parts.filter(({ i }) => places[i] === subject);
    return { own, logs: own.filter(({ limit }) => limit.machine.grows) };
  });
}

export function loadSubject(
  { own, logs }: SubjectParts,
  desk: Desk,
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
): void {
  loadParts(own, desk, rows, isKnown, now);
  if (logs.length > 0) loadTails(logs, desk.before, rows, isKnown);
}

export function saveSubject({ own, logs }: SubjectParts, desk: Desk, rows: BoundedTable): void {
  saveParts(own, desk, rows);
  if (logs.length > 0) saveTails(logs, desk.after, rows);
}

export function loadParts(
  parts: readonly Part[],
  { before }: Desk,
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
): void {
  for (let p = 0; p < parts.length; p++) loadPart(parts[p], before[parts[p].i], rows, isKnown, now);
}

export function saveParts(parts: readonly Part[], { after, outcome }: Desk, rows: BoundedTable): void {
  for (let p = 0; p < parts.length; p++) {
    const { i } = parts[p];
    savePart(parts[p], after[i], rows, outcome.now, outcome.verdicts[i]);
  }
}

function loadTails(
  logs: readonly Part[],
  before: readonly State[],
  rows: BoundedTable,
  isKnown: boolean,
): void {
  for (const { i, offset, to } of logs) {
    const state = before[i];
    state.length = to;
    // A log that has expired was read as one that used nothing. Not spread, since a call takes only so many arguments.
    if (isKnown && state[1] > 0) for (const number of rows.tail(offset) ?? []) state.push(number);
  }
}

function saveTails(logs: readonly Part[], after: readonly State[], rows: BoundedTable): void {
  for (const { i, offset, to } of logs) rows.setTail(offset, after[i].slice(to));
}
