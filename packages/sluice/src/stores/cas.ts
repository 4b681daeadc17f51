import { checkOptions } from "../errors/checkOptions.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { StoreError } from "../errors/StoreError.ts";
import { actInRecord } from "./cas/actInRecord.ts";
import type { CasBackend } from "./cas/CasBackend.ts";
import { casKey } from "./cas/casKey.ts";
import { CasRecords } from "./cas/CasRecords.ts";
import { refuseTwoRecords } from "./cas/changesTwoRecords.ts";
import { decideOnKey, type TimeOf } from "./cas/decideOnKey.ts";
import type { CasCall } from "./cas/decideRound.ts";
import { keyLanes } from "./cas/keyLanes.ts";
import { timeOfKey } from "./cas/timeOfKey.ts";
import { untilSwapped } from "./cas/untilSwapped.ts";
import { checkClock, type Clock, timerOf } from "./Clock.ts";
import { recordDesk } from "./inProcess/recordDesk.ts";
import { keyAt } from "./keyAt.ts";
import { EMPTY_RECORD } from "./record.ts";
import { recordNames } from "./recordName.ts";
import type { ActOutcome, Keys, Outcome, Store } from "./Store.ts";
import { wallClock } from "./wallClock.ts";

export type { CasBackend, Versioned } from "./cas/CasBackend.ts";
export { changesTwoRecords } from "./cas/changesTwoRecords.ts";

export interface CasStoreOptions<Version> extends CasBackend<Version> {
  /**
   * One time for all processes, in microseconds since the epoch; one that steps back is repaired. For tests:
   * `manualClock()`. Default: the wall clock of each host. Those may differ by up to 5 s: a key then follows the one
   * that is ahead.
   */
  clock?: Clock;
}

/**
 * A store over anything with a conditional write: two methods, and every algorithm runs, with the same answers as in
 * memory. All limits of one key are decided together, since they are one record.
 *
 * The calls of one process on one key are decided in order and written with one swap. A swap that another process beat
 * is decided anew, up to 16 times with pauses of up to 50 ms, then the call fails with `STORE_CONTENDED`. A swap that
 * threw is never repeated: nobody knows whether it was done. A refused call writes nothing.
 *
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`; for a limiter of several subjects, with `load: "shared"`, or with
 *   `countDenied` beside a block, when it is constructed: they would change two records at once
 */
export function casStore<Version>(options: CasStoreOptions<Version>): Store {
  checkOptions("casStore", options, ["read", "swap", "clock"]);
  checkMethod("read", options.read);
  checkMethod("swap", options.swap);
  const { clock } = options;
  if (clock !== undefined) checkClock("casStore", clock);
  const records = new CasRecords(options);
  const timeOf: TimeOf = (...read) => (clock === undefined ? timeOfKey(wallClock, read) : clock());
  let isClosed = false;
  const open = () => {
    if (isClosed) throw new StoreError("STORE_CLOSED", "this compare-and-swap store was closed");
  };
  const enqueue = keyLanes<CasCall, Outcome>((lane, calls) => {
    const [states, block] = lane.split(" ");
    return untilSwapped(async () => {
      open();
      return decideOnKey(records, timeOf, { states, block }, calls);
    });
  });
  return {
    isShared: true,
    timer: timerOf(clock),
    prepare(plan) {
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
    },
    async ping() {
      open();
      await records.read(casKey("ping"));
    },
    async close() {
      isClosed = true;
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

function checkMethod(name: "read" | "swap", method: unknown): void {
  if (typeof method === "function") return;
  throw invalidOption("casStore", name, method, "a function");
}
