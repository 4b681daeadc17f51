import type { Clock } from "../Clock.ts";
import { act } from "../inProcess/act.ts";
import { createActDesk, outcomeOfAct } from "../inProcess/ActDesk.ts";
import { decide } from "../inProcess/decide.ts";
import type { Desk } from "../inProcess/Desk.ts";
import { preparedSync } from "../inProcess/preparedSync.ts";
import { keyAt } from "../keyAt.ts";
import type { Act, Costs, Keys, Mode, Plan, SyncPreparedPlan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { loadBlock, saveBlock } from "./blockRow.ts";
import { decidePlain, isPlain } from "./decidePlain.ts";
import { MemoryHolds } from "./MemoryHolds.ts";
import type { Part } from "./Part.ts";
import { offsetOf, type Pools } from "./Pools.ts";
import { loadParts, loadSubject, partsBySubject, saveParts, saveSubject } from "./SubjectParts.ts";

/**
 * After so many decisions, three times as many slots are looked at for rows that equal nothing, so that as many decisions
 * as there are keys look at all of them. Together, as that is cheaper.
 */
const SWEEP_EVERY = 16;
/** The key under which a pool keeps what a limit shares over all keys. Users' keys are never empty. */
const ALL_KEYS = "";

/** Resolves once where the numbers of a plan stand, and decides on a desk that is used again and again. */
export function prepareInMemory(plan: Plan, pools: Pools, clock: Clock): SyncPreparedPlan {
  const { limits } = plan;
  const rows = pools.rowsOf(plan);
  const blocks = pools.blocksOf(plan);
  const desk = createActDesk(plan);
  const own = limits.map((limit, i): Part => ({
    limit,
    i,
    offset: offsetOf(rows, limit),
    from: 0,
    to: limit.machine.width - limit.sharedWidth,
  }));
  const shared = own
    .map((part): Part => ({ ...part, from: part.to, to: part.limit.machine.width }))
    .filter(({ from, to }) => from < to);
  const subjects = partsBySubject(limits, own);
  const last = subjects.length - 1;
  const plain = isPlain(plan) && last === 0;
  let untilSweep = SWEEP_EVERY;
  let holds: MemoryHolds | undefined;

  function sweep(now: number): void {
    pools.sweep(now, 3 * SWEEP_EVERY);
    untilSweep = SWEEP_EVERY;
  }

  /** Decides a call whose costs are told, or does an act. */
  function work(keys: Keys, now: number, costs: Costs, asked: Mode | Act, blockKey: string): void {
    if (shared.length > 0) loadParts(shared, desk, rows, rows.seek(ALL_KEYS, now), now);
    let isKnown = false;
    let isShared = false;
    for (let s = 0; s <= last; s++) {
      isKnown = rows.seek(keyAt(keys, s), now);
      isShared ||= rows.isShared;
      loadSubject(subjects[s], desk, rows, isKnown, now);
    }
    if (!blocks.isEmpty || desk.block[1] > 0) loadBlock(desk, blocks, blocks.seek(blockKey, now));
    if (typeof asked === "string") decide(plan, desk, now, costs, asked);
    else act(plan, desk, now, asked);
    desk.outcome.overflow = isShared || (desk.outcome.blocked && blocks.isShared);
    if (desk.changed) {
      for (let s = last; s >= 0; s--) {
        if (s < last) isKnown = rows.seek(keyAt(keys, s), now);
        rows.claim(isKnown);
        saveSubject(subjects[s], desk, rows);
      }
      if (shared.length > 0) saveShared(shared, desk, rows);
    }
    if (desk.blockChanged) saveBlock(desk, blocks, blockKey, typeof asked !== "string");
  }

  /** What was reserved is loaded before the states, and saved after them: both seek their rows anew. */
  function workOnHold(keys: Keys, now: number, asked: Act & { id: string }, blockKey: string): void {
    holds ??= new MemoryHolds(plan, pools);
    holds.load(desk, keys, asked.id, now);
    work(keys, now, 0, asked, blockKey);
    if (desk.holdChanged && !holds.save(desk, keys, asked.id, now)) desk.outcome.overflow = true;
  }

  return preparedSync({
    decideSync(keys, costs, mode, blockKey = keyAt(keys, 0)) {
      const now = clock();
      const isShort = plain && blocks.isEmpty;
      if (!(isShort && decidePlain(own, desk, rows, rows.seek(keyAt(keys, 0), now), now, costs, mode)))
        work(keys, now, costs, mode, blockKey);
      if (--untilSweep === 0) sweep(now);
      return desk.outcome;
    },
    actSync(keys, asked, blockKey = keyAt(keys, 0)) {
      const now = clock();
      if ("id" in asked) workOnHold(keys, now, asked, blockKey);
      else work(keys, now, 0, asked, blockKey);
      if (--untilSweep === 0) sweep(now);
      return outcomeOfAct(desk);
    },
    resetSync(keys, blockKey = keyAt(keys, 0)) {
      // Throws once the store is closed.
      clock();
      for (let s = 0; s <= last; s++) rows.delete(keyAt(keys, s));
      blocks.delete(blockKey);
    },
  });
}

function saveShared(parts: readonly Part[], desk: Desk, rows: BoundedTable): void {
  rows.claim(rows.seek(ALL_KEYS, desk.outcome.now));
  saveParts(parts, desk, rows);
}
