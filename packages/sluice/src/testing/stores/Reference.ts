import type { Limit } from "../../algorithms/Limit.ts";
import type { Params, State } from "../../algorithms/Machine.ts";
import { act } from "../../stores/inProcess/act.ts";
import { type ActDesk, createActDesk, outcomeOfAct } from "../../stores/inProcess/ActDesk.ts";
import { type Epoch, NO_EPOCH } from "../../stores/inProcess/Epoch.ts";
import type { Hold } from "../../stores/inProcess/Hold.ts";
import { decide } from "../../stores/inProcess/decide.ts";
import type { Desk } from "../../stores/inProcess/Desk.ts";
import { slotName } from "../../algorithms/slotName.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import { keyAt } from "../../stores/keyAt.ts";
import { holdName } from "../../stores/recordName.ts";
import type { Act, ActOutcome, Costs, Keys, Mode, Outcome, Plan } from "../../stores/Store.ts";

interface Entry<T> {
  readonly numbers: T;
  /** Of the limit that wrote it. */
  readonly params?: Params;
  /** Microseconds since the epoch: from then on it equals nothing. */
  readonly end: number;
}

/** In whose name a limit keeps the numbers that all keys share. */
const ALL_KEYS = "";

/** What a store must answer: the decision itself over plain arrays that are never thrown away. */
export class Reference {
  readonly #states = new Map<string, Entry<State>>();
  readonly #blocks = new Map<string, Entry<Desk["block"]>>();
  readonly #holds = new Map<string, Entry<Hold>>();
  readonly #epochs = new Map<string, Entry<Epoch>>();

  /** The outcome is the caller's to keep. */
  decide(
    plan: Plan,
    keys: Keys,
    costs: Costs,
    mode: Mode,
    now: number,
    blockKey: string = keyAt(keys, 0),
  ): Outcome {
    return this.#work(plan, keys, blockKey, (desk) => decide(plan, desk, now, costs, mode)).outcome;
  }

  /** The outcome is the caller's to keep. */
  act(plan: Plan, keys: Keys, asked: Act, now: number, blockKey: string = keyAt(keys, 0)): ActOutcome {
    const epochsAt = (s: number) => recordName(plan, keyAt(keys, s));
    const holds = `${epochsAt(0)}${holdName(keys, "id" in asked ? asked.id : "")}`;
    const done = this.#work(plan, keys, blockKey, (desk) => {
      desk.epochs.forEach((_, s) => {
        const { numbers = NO_EPOCH, end = 0 } = this.#epochs.get(epochsAt(s)) ?? {};
        desk.epochs[s] = end > now ? numbers : { ...NO_EPOCH, until: end };
      });
      const hold = this.#holds.get(holds);
      desk.hold = hold !== undefined && hold.end > now ? hold.numbers : { ...desk.hold, status: 0 };
      act(plan, desk, now, asked);
      if (!desk.holdChanged) return;
      this.#holds.set(holds, { numbers: desk.hold, end: desk.hold.until });
      desk.epochs.forEach((epoch, s) => this.#epochs.set(epochsAt(s), { numbers: epoch, end: epoch.until }));
    });
    return outcomeOfAct(done);
  }

  #work(plan: Plan, keys: Keys, blockKey: string, work: (desk: ActDesk) => void): ActDesk {
    const desk = createActDesk(plan);
    const { places } = subjectsOf("reference", plan.limits);
    const keyOf = (i: number) => keyAt(keys, places[i]);
    plan.limits.forEach((limit, i) => (desk.before[i] = this.#load(plan, limit, keyOf(i))));
    const block = this.#blocks.get(blockName(plan, blockKey))?.numbers ?? [0, 0];
    [desk.block[0], desk.block[1]] = block;
    work(desk);
    if (desk.changed) plan.limits.forEach((limit, i) => this.#save(plan, limit, keyOf(i), desk, i));
    if (desk.blockChanged) {
      this.#blocks.set(blockName(plan, blockKey), {
        numbers: [...desk.block],
        end: desk.block[0] + desk.block[1],
      });
    }
    return desk;
  }

  reset(plan: Plan, keys: Keys, blockKey: string = keyAt(keys, 0)): void {
    const records = [keys].flat().map((key) => recordName(plan, key));
    for (const name of this.#states.keys())
      if (records.some((record) => name.startsWith(record))) this.#states.delete(name);
    for (const record of records) this.#epochs.delete(record);
    this.#blocks.delete(blockName(plan, blockKey));
  }

  /**
   * The latest instant up to `now` at which something came to equal nothing. A store may have forgotten it since, so only
   * from here on is its answer certain.
   */
  lastEnd(now: number): number {
    let last = 0;
    for (const kept of [this.#states, this.#blocks, this.#holds, this.#epochs])
      for (const { end } of kept.values()) if (end <= now && end > last) last = end;
    return last;
  }

  /**
   * Whether a limit of this plan would read what another limit wrote, at `now` or sooner, past the end that the other
   * gave it. A store that has not forgotten it yet may still count it.
   */
  isUncertain(plan: Plan, keys: Keys, now: number): boolean {
    const { places } = subjectsOf("reference", plan.limits);
    return plan.limits.some((limit, i) => {
      const { params, end = 0 } = this.#states.get(stateName(plan, limit, keyAt(keys, places[i]))) ?? {};
      return params !== undefined && end <= now && JSON.stringify(params) !== JSON.stringify(limit.params);
    });
  }

  #load(plan: Plan, limit: Limit, key: string): State {
    const { width } = limit.machine;
    const own = this.#states.get(stateName(plan, limit, key))?.numbers ?? zeros(width);
    if (limit.sharedWidth === 0) return [...own];
    const shared = this.#states.get(stateName(plan, limit, ALL_KEYS))?.numbers ?? zeros(width);
    return [...own.slice(0, -limit.sharedWidth), ...shared.slice(-limit.sharedWidth)];
  }

  #save(plan: Plan, limit: Limit, key: string, { after, outcome }: Desk, i: number): void {
    const entry = {
      numbers: [...after[i]],
      params: limit.params,
      end: outcome.now + outcome.verdicts[i].life,
    };
    this.#states.set(stateName(plan, limit, key), entry);
    if (limit.sharedWidth > 0) this.#states.set(stateName(plan, limit, ALL_KEYS), entry);
  }
}

function zeros(width: number): State {
  return Array.from({ length: width }, () => 0);
}

/** Every state of a key in a pool is called this and more. */
function recordName({ namespace, pool }: Plan, key: string): string {
  return `${JSON.stringify([namespace, pool, key])}/`;
}

function stateName(plan: Plan, limit: Limit, key: string): string {
  return recordName(plan, key) + slotName(limit);
}

function blockName({ namespace, block }: Plan, key: string): string {
  return JSON.stringify([namespace, block.scope, key]);
}
