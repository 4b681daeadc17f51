import type { PlanCode } from "./encodePlan.ts";
import { keyAt } from "../keyAt.ts";
import { allRecordsOf, type PrefixOf } from "./recordsOf.ts";
import type { Costs, Keys, Mode } from "../Store.ts";

/** One call on its way to a server. */
export interface Call {
  readonly code: PlanCode;
  readonly keys: Keys;
  /** Under which its block is found; the records of both lie together. Default the first of `keys`. */
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

/** Entries that travel together, and the names of their records, each once. */
export interface Batch {
  readonly names: readonly string[];
  readonly entries: readonly Entry[];
  /** Those that have calls which must be decided before. */
  readonly after: readonly Batch[];
}

/** What a batch holds at most: more would keep a server from others for too long. */
const MOST_ENTRIES = 256;

/**
 * Makes one entry of equal calls, and batches of entries. A call joins an earlier one only if no other call between them
 * names a record of theirs, so that every call finds what it would have found in its own place: docs/decisions/0004. The
 * calls of one key stay in one batch, in order, while it has room; then the next is after it. Others may be decided beside
 * each other.
 * @param many entries of a batch: then it takes no new keys
 */
export function mergeCalls(calls: readonly Call[], prefixOf: PrefixOf, many: number): Batch[] {
  const batches: OpenBatch[] = [];
  const ofKey = new Map<string, OpenBatch>();
  let sharing = false;
  for (let place = 0; place < calls.length; place++) {
    const call = calls[place];
    const shares = sharesRecords(call);
    if (shares) {
      sharing = true;
      ofKey.clear();
    }
    const key = blockKeyOf(call);
    const known = ofKey.get(key);
    let batch = known ?? batches.at(-1);
    // Else the call could be decided before one of a batch that goes beside.
    if (shares && !isAfterAll(batch, batches)) batch = undefined;
    if (batch?.join(call, place)) continue;
    const most = known === undefined ? many : MOST_ENTRIES;
    if (batch === undefined || batch.entries.length >= most) {
      const after = sharing ? [...batches] : known === undefined ? [] : [known];
      batches.push((batch = new OpenBatch(prefixOf, after)));
    }
    if (batch !== known) ofKey.set(key, batch);
    batch.add(call, place);
  }
  return batches;
}

function isAfterAll(last: Batch | undefined, batches: readonly Batch[]): boolean {
  return last?.after.length === batches.length - 1;
}

/** With calls of other keys: none of them may then be decided before a call that came earlier. */
function sharesRecords({ code, keys }: Call): boolean {
  return code.sharesAny || typeof keys !== "string";
}

class OpenBatch implements Batch {
  readonly entries: Entry[] = [];
  readonly after: readonly Batch[];
  readonly #prefixOf: PrefixOf;
  readonly #places = new Map<string, number>();
  readonly #latest = new Map<PlanCode, Map<string, Entry>>();
  /** By place of a record: the last entry that names it. */
  readonly #lastOf: Entry[] = [];

  constructor(prefixOf: PrefixOf, after: readonly Batch[]) {
    this.#prefixOf = prefixOf;
    this.after = after;
  }

  get names(): string[] {
    return [...this.#places.keys()];
  }

  /** @returns whether there was an entry to join */
  join(call: Call, place: number): boolean {
    const entry = this.#latest.get(call.code)?.get(nameOf(call));
    if (entry === undefined || !isEqual(entry.call, call)) return false;
    if (!entry.records.every((record) => this.#lastOf[record] === entry)) return false;
    entry.places.push(place);
    return true;
  }

  add(call: Call, place: number): void {
    const { code, keys } = call;
    const names = allRecordsOf(code, keys, blockKeyOf(call), this.#prefixOf);
    const records = names.map((name) => this.#placeOf(name));
    const entry = { call, records, places: [place] };
    for (const record of records) this.#lastOf[record] = entry;
    const ofPlan = this.#latest.get(code);
    if (ofPlan === undefined) this.#latest.set(code, new Map([[nameOf(call), entry]]));
    else ofPlan.set(nameOf(call), entry);
    this.entries.push(entry);
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.#places.size + 1);
    return this.#places.size;
  }
}

/** Tells calls of one plan apart. */
function nameOf({ keys }: Call): string {
  return typeof keys === "string" ? keys : JSON.stringify(keys);
}

export function blockKeyOf({ keys, blockKey }: Call): string {
  return blockKey ?? keyAt(keys, 0);
}

/** Of one plan and keys. */
function isEqual(a: Call, b: Call): boolean {
  if (!a.code.merges || a.mode !== "consume" || b.mode !== "consume") return false;
  return blockKeyOf(a) === blockKeyOf(b) && isSameCost(a.costs, b.costs);
}

function isSameCost(a: Costs, b: Costs): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.every((cost, i) => cost === b[i]);
}
