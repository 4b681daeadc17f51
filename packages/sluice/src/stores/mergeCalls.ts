import type { PlanCode } from "./encodePlan.ts";
import type { Costs, Mode } from "./Store.ts";

/** One call on its way to a server. */
export interface Call {
  readonly code: PlanCode;
  readonly key: string;
  /** Under which its block is found; the records of both lie together. Default `key`. */
  readonly blockKey?: string | undefined;
  readonly costs: Costs;
  readonly mode: Mode;
}

/** A call, or several equal ones that a server decides as one. */
export interface Entry {
  /** The first of them. */
  readonly call: Call;
  /** Places of its records among the names, from 1: of the block, of the states, and of what all keys share if anything. */
  readonly records: readonly number[];
  /** Places of the calls among all that were merged, from 0. */
  readonly places: number[];
}

export interface MergedCalls {
  /** Of the records, each once. */
  readonly names: readonly string[];
  readonly entries: readonly Entry[];
}

/**
 * Makes one entry of equal calls. A call joins an earlier one only if no other call between them names a record of
 * theirs, so that every call finds what it would have found in its own place: docs/decisions/0004.
 * @param prefixOf what stands before the names of the records of a namespace and key
 */
export function mergeCalls(
  calls: readonly Call[],
  prefixOf: (namespace: string, key: string) => string,
): MergedCalls {
  const names = new Map<string, number>();
  const entries: Entry[] = [];
  /** By plan and key. */
  const latest = new Map<PlanCode, Map<string, Entry>>();
  /** By place of a record: the last entry that names it. */
  const lastOf: Entry[] = [];
  for (let place = 0; place < calls.length; place++) {
    const call = calls[place];
    const ofPlan = latestOf(call.code, latest);
    const known = ofPlan.get(call.key);
    if (known !== undefined && isEqual(known.call, call) && isLast(known, lastOf)) {
      known.places.push(place);
      continue;
    }
    const records = namesOf(call, prefixOf).map((name) => placeOf(name, names));
    const entry = { call, records, places: [place] };
    for (const record of records) lastOf[record] = entry;
    ofPlan.set(call.key, entry);
    entries.push(entry);
  }
  return { names: [...names.keys()], entries };
}

function latestOf(code: PlanCode, latest: Map<PlanCode, Map<string, Entry>>): Map<string, Entry> {
  const known = latest.get(code);
  if (known !== undefined) return known;
  const made = new Map<string, Entry>();
  latest.set(code, made);
  return made;
}

/** Of one plan and key. */
function isEqual(a: Call, b: Call): boolean {
  if (!a.code.merges || a.mode !== "consume" || b.mode !== "consume") return false;
  return (a.blockKey ?? a.key) === (b.blockKey ?? b.key) && isSameCost(a.costs, b.costs);
}

function isSameCost(a: Costs, b: Costs): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.every((cost, i) => cost === b[i]);
}

function isLast(entry: Entry, lastOf: readonly Entry[]): boolean {
  return entry.records.every((record) => lastOf[record] === entry);
}

function namesOf(
  { code, key, blockKey = key }: Call,
  prefixOf: (namespace: string, key: string) => string,
): string[] {
  const { names, sharesAny, plan } = code;
  const prefix = prefixOf(plan.namespace, blockKey);
  const own = [prefix + names.block + blockKey, prefix + names.states + key];
  return sharesAny ? [...own, prefixOf(plan.namespace, "") + names.states] : own;
}

function placeOf(name: string, places: Map<string, number>): number {
  const known = places.get(name);
  if (known !== undefined) return known;
  places.set(name, places.size + 1);
  return places.size;
}
