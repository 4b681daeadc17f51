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
import { recordDesk } from "../../../src/stores/inProcess/recordDesk.ts";
import { EMPTY_RECORD, expiryOf, type StoredRecord } from "../../../src/stores/record.ts";
import { recordNames } from "../../../src/stores/recordName.ts";
import { slotsOf } from "./slotsOf.ts";

/** The truth: records in a map, decided by the steps and the wrapper in TypeScript, one call after the other. */
export class World {
  readonly records: Map<string, StoredRecord> = new Map();
  now = 0;
  /** The last decision wrote the states of its key, and moved a time in them back. */
  wasWritten = false;
  wasRepaired = false;
  #latest = 0;
  readonly #desks = new Map<Plan, ReturnType<typeof recordDesk>>();
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
    const names = recordNames(plan);
    const desk = this.#desks.get(plan) ?? recordDesk(plan);
    this.#desks.set(plan, desk);
    const read = (name: string) => this.records.get(name) ?? EMPTY_RECORD;
    const records = {
      states: desk.subjects.map((_, s) => read(names.states + keyAt(keys, s))),
      shared: read(names.states),
      block: read(names.block + keyAt(keys, 0)),
    };
    const { outcome, changed } = desk.decide(records, this.now, costs, mode);
    this.wasWritten = changed.states !== undefined;
    this.wasRepaired = this.wasWritten && records.states.flatMap(slotsOf).some((slot) => slot[3] > this.now);
    changed.states?.forEach((record, s) => this.#write(names.states, keyAt(keys, s), record));
    this.#write(names.states, "", changed.shared);
    this.#write(names.block, keyAt(keys, 0), changed.block);
    return copyOutcome(outcome);
  }

  /** What the memory store says, if it can be held to it. */
  decideInMemory(plan: Plan, keys: Keys, costs: Costs, mode: Mode): Outcome | undefined {
    const prepared = this.#prepared.get(plan) ?? this.#memory.prepare(plan);
    this.#prepared.set(plan, prepared);
    const outcome = prepared.decideSync(keys, costs, mode);
    const isRevived = [keys, ""].flat().some((key) => this.#revived.has(key));
    // Whom only one of them refuses, it counts neither for the other subjects nor for the load of all.
    if (isRevived) for (const key of [keys].flat()) this.#revived.add(key);
    if (isRevived && plan.limits.some(({ sharedWidth }) => sharedWidth > 0)) this.#revived.add("");
    return isRevived ? undefined : copyOutcome(outcome);
  }

  #write(prefix: string, key: string, record: StoredRecord | undefined): void {
    if (record === undefined) return;
    const name = prefix + key;
    this.#keys.set(name, key);
    for (const [, expires] of slotsOf(this.records.get(name) ?? EMPTY_RECORD))
      if (expires <= this.now) this.#dropped.set(key, Math.max(expires, this.#dropped.get(key) ?? 0));
    if (expiryOf(record) === 0) this.records.delete(name);
    else this.records.set(name, record);
  }
}
