import type { Limit } from "../../algorithms/Limit.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import { BLOCK_SLOT, readSlot, type Slot, type StoredRecord, writeSlots } from "../record.ts";
import { slotId } from "../slotId.ts";
import type { Act, ActOutcome, Costs, Mode, Outcome, Plan } from "../Store.ts";
import { act } from "./act.ts";
import { createActDesk, outcomeOfAct } from "./ActDesk.ts";
import { decide } from "./decide.ts";
import type { Desk } from "./Desk.ts";
import { epochSlot, type HoldPlace, holdSlot, readEpoch, readHold } from "./holdSlots.ts";

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
  return {
    sharesAny: parts.some(({ limit }) => limit.sharedWidth > 0),
    subjects: names.length === 0 ? [""] : names,
    decide(records, now, costs, mode) {
      load(parts, desk, records, now);
      decide(plan, desk, now, costs, mode);
      return { outcome: desk.outcome, changed: changes(parts, desk, records, now) };
    },
    act(records, place, now, asked) {
      load(parts, desk, records, now);
      desk.hold = readHold(place, now);
      records.states.forEach((record, s) => (desk.epochs[s] = readEpoch(record, now)));
      act(plan, desk, now, asked);
      const outcome = outcomeOfAct(desk);
      const changed = changes(parts, desk, records, now);
      if (!desk.holdChanged) return { outcome, changed };
      const states = (changed.states ?? records.states).map((record, s) =>
        writeSlots(record, [epochSlot(desk.epochs[s])], now),
      );
      return { outcome, changed: { ...changed, states, hold: holdSlot(place.id, desk.hold) } };
    },
  };
}

function load(parts: readonly Part[], desk: Desk, { states, shared, block }: CallRecords, now: number): void {
  parts.forEach(({ id, subject, own, limit }, i) => {
    readSlot(states[subject], id, now, desk.before[i], 0, own, limit.machine.grows);
    if (limit.sharedWidth > 0) readSlot(shared, id, now, desk.before[i], own, limit.sharedWidth, false);
  });
  readSlot(block, BLOCK_SLOT, now, desk.block, 0, 2, false);
}

function changes(
  parts: readonly Part[],
  desk: Desk,
  { states, shared, block }: CallRecords,
  now: number,
): ChangedRecords {
  const changed: { -readonly [Name in keyof CallRecords]?: CallRecords[Name] } = {};
  if (desk.changed) {
    changed.states = states.map((record, s) => writeSlots(record, ownSlots(parts, desk, s, now), now));
    const sharing = sharedSlots(parts, desk, now);
    if (sharing.length > 0) changed.shared = writeSlots(shared, sharing, now);
  }
  if (desk.blockChanged) {
    const [time, duration] = desk.block;
    const slot = { id: BLOCK_SLOT, expires: time + duration, state: [time, duration] };
    changed.block = writeSlots(block, [slot], now);
  }
  return changed;
}

/** What the record of a subject is to hold. */
function ownSlots(
  parts: readonly Part[],
  { after, outcome }: Desk,
  whose: number,
  now: number,
): readonly Slot[] {
  return parts.flatMap(({ id, subject, own, limit }, i): Slot[] => {
    if (subject !== whose) return [];
    const state = limit.sharedWidth > 0 ? after[i].slice(0, own) : after[i];
    return [{ id, expires: now + outcome.verdicts[i].life, state }];
  });
}

/** What the record of all keys is to hold. */
function sharedSlots(parts: readonly Part[], { after, outcome }: Desk, now: number): readonly Slot[] {
  return parts.flatMap(({ id, own, limit }, i): Slot[] =>
    limit.sharedWidth > 0
      ? [{ id, expires: now + outcome.verdicts[i].life, state: after[i].slice(own) }]
      : [],
  );
}
