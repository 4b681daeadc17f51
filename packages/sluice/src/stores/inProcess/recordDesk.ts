import type { Limit } from "../../algorithms/Limit.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import {
  BLOCK_SLOT,
  EPOCH_SLOT,
  expiryOfSlot,
  readSlot,
  type Slot,
  type StoredRecord,
  writeSlots,
} from "../record.ts";
import { slotId } from "../slotId.ts";
import type { Act, ActOutcome, Costs, Mode, Outcome, Plan } from "../Store.ts";
import { act } from "./act.ts";
import { createActDesk, outcomeOfAct } from "./ActDesk.ts";
import type { Epoch } from "./Epoch.ts";
import { type Hold, holdOf, numbersOfHold } from "./Hold.ts";
import { decide } from "./decide.ts";

/** The records of one call, as they were read. */
export interface CallRecords {
  /** One for each subject. */
  readonly states: readonly StoredRecord[];
  /** What limits share over all keys of the pool; only read if `sharesAny`. */
  readonly shared: StoredRecord;
  readonly block: StoredRecord;
}

/** What a decision wrote: those records that changed, in their new form. */
export type ChangedRecords = Partial<CallRecords>;

/** Where what was reserved under one id is kept: a record of its own, or a place in the record of the key. */
export interface HoldPlace {
  readonly record: StoredRecord;
  readonly id: number;
}

/** What an act wrote; `hold` is to be written into the record of its place. */
export type ChangedByAct = ChangedRecords & { readonly hold?: Slot };

/** Decides over records, for the stores that keep them as text. */
export interface RecordDesk {
  /** Some limit keeps numbers in the record of all keys. */
  readonly sharesAny: boolean;
  /** Whom the limits count: at least one, also where it has no name. */
  readonly subjects: readonly string[];
  /** The outcome is the same object each time. */
  decide(
    records: CallRecords,
    now: number,
    costs: Costs,
    mode: Mode,
  ): { outcome: Outcome; changed: ChangedRecords };
  act(
    records: CallRecords,
    hold: HoldPlace,
    now: number,
    act: Act,
  ): { outcome: ActOutcome; changed: ChangedByAct };
}

interface Part {
  readonly id: number;
  /** The place of its subject. */
  readonly subject: number;
  /** How many numbers of the state stand in the key's own record; the others are shared. */
  readonly own: number;
  readonly limit: Limit;
}

export function recordDesk(plan: Plan): RecordDesk {
  const desk = createActDesk(plan);
  const { names, places } = subjectsOf("store", plan.limits);
  const parts = plan.limits.map((limit, i): Part => ({
    id: slotId(limit),
    subject: places[i],
    own: limit.machine.width - limit.sharedWidth,
    limit,
  }));
  const sharesAny = parts.some(({ limit }) => limit.sharedWidth > 0);

  function load({ states, shared, block }: CallRecords, now: number): void {
    parts.forEach(({ id, subject, own, limit }, i) => {
      readSlot(states[subject], id, now, desk.before[i], 0, own, limit.machine.grows);
      if (limit.sharedWidth > 0) readSlot(shared, id, now, desk.before[i], own, limit.sharedWidth, false);
    });
    readSlot(block, BLOCK_SLOT, now, desk.block, 0, 2, false);
  }

  function changes({ states, shared, block }: CallRecords, now: number): ChangedRecords {
    const { after, outcome } = desk;
    const expires = (i: number) => now + outcome.verdicts[i].life;
    const slotsOf = (subject: number) =>
      parts.flatMap(({ id, subject: whose, own, limit }, i): Slot[] =>
        whose === subject
          ? [{ id, expires: expires(i), state: limit.sharedWidth > 0 ? after[i].slice(0, own) : after[i] }]
          : [],
      );
    const sharing = parts.flatMap(({ id, own, limit }, i): Slot[] =>
      limit.sharedWidth > 0 ? [{ id, expires: expires(i), state: after[i].slice(own) }] : [],
    );
    const [time, duration] = desk.block;
    return {
      ...(desk.changed && { states: states.map((record, s) => writeSlots(record, slotsOf(s), now)) }),
      ...(desk.changed && sharesAny && { shared: writeSlots(shared, sharing, now) }),
      ...(desk.blockChanged && {
        block: writeSlots(
          block,
          [{ id: BLOCK_SLOT, expires: time + duration, state: [time, duration] }],
          now,
        ),
      }),
    };
  }

  return {
    sharesAny,
    subjects: names.length === 0 ? [""] : names,
    decide(records, now, costs, mode) {
      load(records, now);
      decide(plan, desk, now, costs, mode);
      return { outcome: desk.outcome, changed: changes(records, now) };
    },
    act(records, place, now, asked) {
      load(records, now);
      desk.hold = readHold(place, now);
      records.states.forEach((record, s) => (desk.epochs[s] = readEpoch(record, now)));
      act(plan, desk, now, asked);
      const outcome = outcomeOfAct(desk);
      const changed = changes(records, now);
      if (!desk.holdChanged) return { outcome, changed };
      const states = (changed.states ?? records.states).map((record, s) =>
        writeSlots(record, [epochSlot(desk.epochs[s])], now),
      );
      return { outcome, changed: { ...changed, states, hold: holdSlot(place.id, desk.hold) } };
    },
  };
}

/** `[0, epoch, given]`, which a repaired clock does not change. */
function readEpoch(record: StoredRecord, now: number): Epoch {
  const state: number[] = [];
  readSlot(record, EPOCH_SLOT, now, state, 0, 3, false);
  const [, epoch, given] = state;
  return { epoch, given, until: expiryOfSlot(record, EPOCH_SLOT) };
}

function epochSlot({ epoch, given, until }: Epoch): Slot {
  return { id: EPOCH_SLOT, expires: until, state: [0, epoch, given] };
}

/** `[at, renewed, status, epoch, ...costs, ...stands]`. */
function readHold({ record, id }: HoldPlace, now: number): Hold {
  const state: number[] = [];
  readSlot(record, id, now, state, 0, 4, true);
  return holdOf([expiryOfSlot(record, id), ...state]);
}

function holdSlot(id: number, hold: Hold): Slot {
  const [expires, ...state] = numbersOfHold(hold);
  return { id, expires, state };
}
