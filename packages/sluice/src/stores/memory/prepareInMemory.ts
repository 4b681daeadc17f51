import type { Limit } from "../../algorithms/Limit.ts";
import type { State } from "../../algorithms/Machine.ts";
import type { Clock } from "../Clock.ts";
import { createDesk, decide, type Desk } from "../inProcess/decide.ts";
import { preparedSync } from "../inProcess/preparedSync.ts";
import type { Plan, SyncPreparedPlan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { offsetOf, type Pools } from "./Pools.ts";

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
  const { capacity } = pools;
  const pool = pools.poolOf(plan);
  const { rows } = pool;
  const blocks = pools.blocksOf(plan);
  const desk = createDesk(plan);
  const own = limits.map((limit, i): Part => ({
    limit,
    i,
    offset: offsetOf(pool, limit),
    from: 0,
    to: limit.machine.width - limit.sharedWidth,
  }));
  const shared = own
    .map((part): Part => ({ ...part, from: part.to, to: part.limit.machine.width }))
    .filter(({ from, to }) => from < to);
  const logs = own.filter(({ limit }) => limit.machine.grows);
  let untilSweep = SWEEP_EVERY;

  function sweep(now: number): void {
    capacity.sweep(now, 3 * SWEEP_EVERY);
    untilSweep = SWEEP_EVERY;
  }

  return preparedSync({
    decideSync(key, costs, mode, blockKey = key) {
      const now = clock();
      if (shared.length > 0) load(shared, desk.before, rows, rows.seek(ALL_KEYS, now), now);
      const isKnown = rows.seek(key, now);
      load(own, desk.before, rows, isKnown, now);
      if (logs.length > 0) loadTails(logs, desk.before, rows, isKnown);
      if (!blocks.isEmpty || desk.block[1] > 0) loadBlock(desk, blocks, blocks.seek(blockKey, now));
      const { isShared } = rows;
      decide(plan, desk, now, costs, mode);
      desk.outcome.overflow = isShared;
      if (desk.changed) {
        rows.claim(isKnown);
        save(own, desk, rows);
        if (logs.length > 0) saveTails(logs, desk.after, rows);
        if (shared.length > 0) saveShared(shared, desk, rows);
      }
      if (desk.blockChanged) saveBlock(desk, blocks, blockKey);
      if (--untilSweep === 0) sweep(now);
      return desk.outcome;
    },
    resetSync(key, blockKey = key) {
      // Throws once the store is closed.
      clock();
      rows.delete(key);
      blocks.delete(blockKey);
    },
  });
}

/** Which numbers of the state of the limit at `i` stand in a row, in the part that begins at `offset`. */
interface Part {
  readonly limit: Limit;
  readonly i: number;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** A part that has expired reads as zeros, as one does that is not there. */
function load(
  parts: readonly Part[],
  before: readonly State[],
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
): void {
  const { segment, slot } = rows.table;
  const numbers = segment.rows;
  for (let p = 0; p < parts.length; p++) {
    const { i, offset, from, to } = parts[p];
    const state = before[i];
    const at = slot * segment.width + offset;
    const lives = isKnown && numbers[at] > now;
    for (let n = from; n < to; n++) state[n] = lives ? numbers[at + 1 + n] : 0;
  }
}

function save(parts: readonly Part[], { after, outcome }: Desk, rows: BoundedTable): void {
  const { segment, slot } = rows.table;
  const numbers = segment.rows;
  const row = slot * segment.width;
  for (let p = 0; p < parts.length; p++) {
    const { limit, i, offset, from, to } = parts[p];
    const at = row + offset;
    const { life } = outcome.verdicts[i];
    // What equals nothing now did so before, too: a clock that steps back must not find it.
    numbers[at] = life > 0 ? outcome.now + life : 0;
    const state = after[i];
    for (let n = from; n < to; n++) numbers[at + 1 + n] = state[n];
    // What another limit over this slot did not share with all keys.
    for (let n = to; n < limit.machine.width; n++) numbers[at + 1 + n] = 0;
  }
}

function loadTails(
  logs: readonly Part[],
  before: readonly State[],
  rows: BoundedTable,
  isKnown: boolean,
): void {
  for (const { i, offset, to } of logs) {
    const state = before[i];
    state.length = to;
    // A log that has expired was read as one that used nothing. Not spread, since a call takes only so many arguments.
    if (isKnown && state[1] > 0) for (const number of rows.tail(offset) ?? []) state.push(number);
  }
}

function saveTails(logs: readonly Part[], after: readonly State[], rows: BoundedTable): void {
  for (const { i, offset, to } of logs) rows.setTail(offset, after[i].slice(to));
}

function saveShared(parts: readonly Part[], desk: Desk, rows: BoundedTable): void {
  rows.claim(rows.seek(ALL_KEYS, desk.outcome.now));
  save(parts, desk, rows);
}

function loadBlock({ block }: Desk, blocks: BoundedTable, isKnown: boolean): void {
  const { segment, slot } = blocks.table;
  block[0] = isKnown ? segment.rows[slot * 3 + 1] : 0;
  block[1] = isKnown ? segment.rows[slot * 3 + 2] : 0;
}

function saveBlock({ block, outcome }: Desk, blocks: BoundedTable, key: string): void {
  blocks.claim(blocks.seek(key, outcome.now));
  const { segment, slot } = blocks.table;
  segment.rows.set([block[0] + block[1], block[0], block[1]], slot * 3);
}
