import { recordDesk } from "../inProcess/recordDesk.ts";
import { keyAt } from "../keyAt.ts";
import { EMPTY_RECORD } from "../record.ts";
import { recordNames } from "../recordName.ts";
import type { ActOutcome, Keys, Outcome, Plan, PreparedPlan } from "../Store.ts";
import { actInRecord } from "./actInRecord.ts";
import { casKey } from "./casKey.ts";
import type { CasRecords } from "./CasRecords.ts";
import { refuseTwoRecords } from "./changesTwoRecords.ts";
import type { TimeOf } from "./decideOnKey.ts";
import type { CasCall } from "./decideRound.ts";
import { untilSwapped } from "./untilSwapped.ts";

/** What the plans of one store share. */
export interface CasParts<Version> {
  readonly records: CasRecords<Version>;
  readonly timeOf: TimeOf;
  /** Puts a call in the line of its records, which the lane names: that of the states, a space, that of the block. */
  readonly enqueue: (lane: string, call: CasCall) => Promise<Outcome>;
  /** Throws once the store was closed. */
  readonly open: () => void;
}

/** @throws ConfigurationError for a plan that would change two records in one step */
export function prepareInRecords<Version>(plan: Plan, parts: CasParts<Version>): PreparedPlan {
  const { records, timeOf, enqueue, open } = parts;
  refuseTwoRecords(plan);
  const names = recordNames(plan);
  const desk = recordDesk(plan);
  const laneOf = (keys: Keys, blockKey: string = keyAt(keys, 0)) =>
    `${casKey(names.states + keyAt(keys, 0))} ${casKey(names.block + blockKey)}`;
  return {
    async decide(keys, costs, mode, blockKey) {
      open();
      const work: CasCall["work"] = (read, now) => desk.decide(read, now, costs, mode);
      return enqueue(laneOf(keys, blockKey), { work });
    },
    async act(keys, act, blockKey) {
      open();
      const work: CasCall["work"] = (read, now) => actInRecord(desk, read, now, keys, act);
      return enqueue(laneOf(keys, blockKey), { work }) as Promise<ActOutcome>;
    },
    async reset(keys, blockKey) {
      open();
      const key = keyAt(keys, 0);
      await forget(records, timeOf, casKey(names.states + key));
      await forget(records, timeOf, casKey(names.block + (blockKey ?? key)));
    },
  };
}

/** An empty record in place of what is there, since not every place can delete on a condition. */
async function forget<Version>(records: CasRecords<Version>, timeOf: TimeOf, key: string): Promise<void> {
  await untilSwapped(async () => {
    const read = await records.read(key);
    if (read.record.length === EMPTY_RECORD.length) return true;
    return (await records.swap(read, EMPTY_RECORD, timeOf())) || undefined;
  });
}
