import { checkOptions } from "../errors/checkOptions.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { StoreError } from "../errors/StoreError.ts";
import type { CasBackend } from "./cas/CasBackend.ts";
import { casKey } from "./cas/casKey.ts";
import { CasRecords } from "./cas/CasRecords.ts";
import { decideOnKey, type TimeOf } from "./cas/decideOnKey.ts";
import type { CasCall } from "./cas/decideRound.ts";
import { keyLanes } from "./cas/keyLanes.ts";
import { prepareInRecords } from "./cas/prepareInRecords.ts";
import { timeOfKey } from "./cas/timeOfKey.ts";
import { untilSwapped } from "./cas/untilSwapped.ts";
import { checkClock, type Clock, timerOf } from "./Clock.ts";
import type { Outcome, Store } from "./Store.ts";
import { wallClock } from "./wallClock.ts";

export type { CasBackend, Versioned } from "./cas/CasBackend.ts";
export { changesTwoRecords } from "./cas/changesTwoRecords.ts";

/** A place with a conditional write, and the time. */
export interface CasStoreOptions<Version> extends CasBackend<Version> {
  /**
   * One time for all processes, in microseconds since the epoch; one that steps back is repaired. For tests:
   * `manualClock()`. Default: the wall clock of each host. Those may differ by up to 5 s: a key then follows the one
   * that is ahead.
   */
  clock?: Clock | undefined;
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
    prepare: (plan) => prepareInRecords(plan, { records, timeOf, enqueue, open }),
    async ping() {
      open();
      await records.read(casKey("ping"));
    },
    async close() {
      isClosed = true;
    },
  };
}

function checkMethod(name: "read" | "swap", method: unknown): void {
  if (typeof method === "function") return;
  throw invalidOption("casStore", name, method, "a function");
}
