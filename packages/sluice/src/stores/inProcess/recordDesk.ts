import type { Limit } from "../../algorithms/Limit.ts";
import { BLOCK_SLOT, readSlot, type Slot, type StoredRecord, writeSlots } from "../record.ts";
import { slotId } from "../slotId.ts";
import type { Costs, Mode, Outcome, Plan } from "../Store.ts";
import { createDesk, decide } from "./decide.ts";

/** The records of one call, as they were read. */
export interface CallRecords {
  readonly states: StoredRecord;
  /** What limits share over all keys of the pool; only read if `sharesAny`. */
  readonly shared: StoredRecord;
  readonly block: StoredRecord;
}

/** What a decision wrote: those records that changed, in their new form. */
export type ChangedRecords = Partial<CallRecords>;

/** Decides over records, for the stores that keep them as text. */
export interface RecordDesk {
  /** Some limit keeps numbers in the record of all keys. */
  readonly sharesAny: boolean;
  /** The outcome is the same object each time. */
  decide(
    records: CallRecords,
    now: number,
    costs: Costs,
    mode: Mode,
  ): { outcome: Outcome; changed: ChangedRecords };
}

interface Part {
  readonly id: number;
  /** How many numbers of the state stand in the key's own record; the others are shared. */
  readonly own: number;
  readonly limit: Limit;
}

export function recordDesk(plan: Plan): RecordDesk {
  const desk = createDesk(plan);
  const parts = plan.limits.map((limit): Part => ({
    id: slotId(limit),
    own: limit.machine.width - limit.sharedWidth,
    limit,
  }));
  const sharesAny = parts.some(({ limit }) => limit.sharedWidth > 0);

  function load({ states, shared, block }: CallRecords, now: number): void {
    parts.forEach(({ id, own, limit }, i) => {
      readSlot(states, id, now, desk.before[i], 0, own, limit.machine.grows);
      if (limit.sharedWidth > 0) readSlot(shared, id, now, desk.before[i], own, limit.sharedWidth, false);
    });
    readSlot(block, BLOCK_SLOT, now, desk.block, 0, 2, false);
  }

  function changes({ states, shared, block }: CallRecords, now: number): ChangedRecords {
    const { after, outcome } = desk;
    const expires = (i: number) => now + outcome.verdicts[i].life;
    const slots = parts.map(({ id, own, limit }, i): Slot => ({
      id,
      expires: expires(i),
      state: limit.sharedWidth > 0 ? after[i].slice(0, own) : after[i],
    }));
    const sharing = parts.flatMap(({ id, own, limit }, i): Slot[] =>
      limit.sharedWidth > 0 ? [{ id, expires: expires(i), state: after[i].slice(own) }] : [],
    );
    const [time, duration] = desk.block;
    return {
      ...(desk.changed && { states: writeSlots(states, slots, now) }),
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
    decide(records, now, costs, mode) {
      load(records, now);
      decide(plan, desk, now, costs, mode);
      return { outcome: desk.outcome, changed: changes(records, now) };
    },
  };
}
