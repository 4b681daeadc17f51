import {
  type Costs,
  type Keys,
  memoryStore,
  type Mode,
  type Outcome,
  type Plan,
  type SyncPreparedPlan,
} from "sluice";
import { keyAt } from "../../../src/stores/keyAt.ts";
import { copyOutcome } from "../../../src/stores/inProcess/copyOutcome.ts";
import {
  type CallRecords,
  type ChangedRecords,
  type RecordDesk,
  recordDesk,
} from "../../../src/stores/inProcess/recordDesk.ts";
import {
  EMPTY_RECORD,
  expiryOf,
  HOLD_SLOT,
  type StoredRecord,
  writeSlots,
} from "../../../src/stores/record.ts";
import { holdName, recordNames } from "../../../src/stores/recordName.ts";
import type { Act, ActOutcome } from "../../../src/stores/Store.ts";
import { slotsOf } from "./slotsOf.ts";

/** The truth: records in a map, decided by the steps and the wrapper in TypeScript, one call after the other. */
export class World {
  readonly records: Map<string, StoredRecord> = new Map();
  now = 0;
  /** The last decision wrote the states of its key, and moved a time in them back. */
  wasWritten = false;
  wasRepaired = false;
  #latest = 0;
  readonly #desks = new Map<Plan, RecordDesk>();
  readonly #memory = memoryStore({ clock: () => this.now });
  readonly #prepared = new Map<Plan, SyncPreparedPlan>();
  /** Whose records those are. */
  readonly #keys = new Map<string, string>();
  /** By key, the latest instant at which a slot expired that a later write has dropped. */
  readonly #dropped = new Map<string, number>();
  /** Keys that a clock that stepped back has called back to life, in one of the stores: only one may have forgotten them. */
  readonly #revived = new Set<string>();

  moveTo(now: number): void {
    this.now = now;
    this.#latest = Math.max(this.#latest, now);
    if (now === this.#latest) return;
    for (const [name, record] of this.records) {
      const isRevived = slotsOf(record).some(([, expires]) => expires > now && expires <= this.#latest);
      if (isRevived) this.#revived.add(this.#keys.get(name)!);
    }
    for (const [key, expired] of this.#dropped) if (expired > now) this.#revived.add(key);
  }

  decide(plan: Plan, keys: Keys, costs: Costs, mode: Mode): Outcome {
    const records = this.#recordsOf(plan, keys);
    const { outcome, changed } = this.#deskOf(plan).decide(records, this.now, costs, mode);
    this.wasWritten = changed.states !== undefined;
    this.wasRepaired = this.wasWritten && records.states.flatMap(slotsOf).some((slot) => slot[3] > this.now);
    this.#save(plan, keys, changed);
    return copyOutcome(outcome);
  }

  act(plan: Plan, keys: Keys, act: Act): ActOutcome {
    const name = "id" in act ? recordNames(plan).hold + holdName(keys, act.id) : "";
    const record = this.#read(name);
    const [slot] = slotsOf(record);
    // The memory store keeps what plans of other numbers of limits have reserved apart.
    if (slot?.[1] > this.now && slot[2] !== 4 + 2 * plan.limits.length) this.#doubt(plan, keys);
    const place = { record, id: HOLD_SLOT };
    const { outcome, changed } = this.#deskOf(plan).act(this.#recordsOf(plan, keys), place, this.now, act);
    const { hold, ...others } = changed;
    this.#save(plan, keys, others);
    if (hold !== undefined) this.#write(name, keyAt(keys, 0), writeSlots(record, [hold], this.now));
    return outcome;
  }

  reset(plan: Plan, keys: Keys): void {
    const names = recordNames(plan);
    for (const key of [keys].flat()) this.records.delete(names.states + key);
    this.records.delete(names.block + keyAt(keys, 0));
    this.#preparedFor(plan).resetSync(keys);
  }

  /** What the memory store says, if it can be held to it. */
  decideInMemory(plan: Plan, keys: Keys, costs: Costs, mode: Mode): Outcome | undefined {
    const outcome = this.#preparedFor(plan).decideSync(keys, costs, mode);
    return this.#isCertain(plan, keys) ? copyOutcome(outcome) : undefined;
  }

  /** What the memory store says, if it can be held to it. */
  actInMemory(plan: Plan, keys: Keys, act: Act): ActOutcome | undefined {
    const outcome = this.#preparedFor(plan).actSync(keys, act);
    return this.#isCertain(plan, keys) ? outcome : undefined;
  }

  #isCertain(plan: Plan, keys: Keys): boolean {
    const isRevived = [keys, ""].flat().some((key) => this.#revived.has(key));
    if (isRevived) this.#doubt(plan, keys);
    return !isRevived;
  }

  /** Whom only one of the stores refuses, it counts neither for the other subjects nor for the load of all. */
  #doubt({ limits }: Plan, keys: Keys): void {
    for (const key of [keys].flat()) this.#revived.add(key);
    if (limits.some(({ sharedWidth }) => sharedWidth > 0)) this.#revived.add("");
  }

  #deskOf(plan: Plan): RecordDesk {
    const desk = this.#desks.get(plan) ?? recordDesk(plan);
    this.#desks.set(plan, desk);
    return desk;
  }

  #preparedFor(plan: Plan): SyncPreparedPlan {
    const prepared = this.#prepared.get(plan) ?? this.#memory.prepare(plan);
    this.#prepared.set(plan, prepared);
    return prepared;
  }

  #read(name: string): StoredRecord {
    return this.records.get(name) ?? EMPTY_RECORD;
  }

  #recordsOf(plan: Plan, keys: Keys): CallRecords {
    const names = recordNames(plan);
    return {
      states: this.#deskOf(plan).subjects.map((_, s) => this.#read(names.states + keyAt(keys, s))),
      shared: this.#read(names.states),
      block: this.#read(names.block + keyAt(keys, 0)),
    };
  }

  #save(plan: Plan, keys: Keys, { states, shared, block }: ChangedRecords): void {
    const names = recordNames(plan);
    states?.forEach((record, s) => this.#write(names.states + keyAt(keys, s), keyAt(keys, s), record));
    this.#write(names.states, "", shared);
    this.#write(names.block + keyAt(keys, 0), keyAt(keys, 0), block);
  }

  #write(name: string, key: string, record: StoredRecord | undefined): void {
    if (record === undefined) return;
    this.#keys.set(name, key);
    for (const [, expires] of slotsOf(this.#read(name)))
      if (expires <= this.now) this.#dropped.set(key, Math.max(expires, this.#dropped.get(key) ?? 0));
    if (expiryOf(record) === 0) this.records.delete(name);
    else this.records.set(name, record);
  }
}
