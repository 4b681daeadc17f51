import type { Limit } from "../../algorithms/Limit.ts";
import type { State } from "../../algorithms/Machine.ts";
import type { Clock } from "../Clock.ts";
import { createDesk, decide, type Desk } from "../inProcess/decide.ts";
import { preparedSync } from "../inProcess/preparedSync.ts";
import type { Plan, SyncPreparedPlan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { offsetOf, type Pools } from "./Pools.ts";

/** Slots that a decision looks at for rows that equal nothing. */
const SWEPT = 2;
/** The key under which a pool keeps what a limit shares over all keys. Users' keys are never empty. */
const ALL_KEYS = "";

/** Resolves once where the numbers of a plan stand, and decides on a desk that is used again and again. */
export function prepareInMemory(plan: Plan, pools: Pools, clock: Clock): SyncPreparedPlan {
  const { limits, namespace, block } = plan;
  const pool = pools.poolOf(plan);
  const { rows } = pool;
  const { blocks } = pools;
  const desk = createDesk(plan);
  const own = limits.map((limit) => ({ limit, offset: offsetOf(pool, limit), from: 0, to: limit.machine.width - limit.sharedWidth }));
  const shared = own.map((part) => ({ ...part, from: part.to, to: part.limit.machine.width }));
  const sharesAny = limits.some((limit) => limit.sharedWidth > 0);
  const scope = JSON.stringify([namespace, block.scope]);

  return preparedSync({
    decideSync(key, costs, mode) {
      const now = clock();
      if (sharesAny) load(shared, desk.before, rows, rows.seek(ALL_KEYS, now));
      const isKnown = rows.seek(key, now);
      load(own, desk.before, rows, isKnown);
      const isShared = rows.isShared;
      loadBlock(desk, blocks, !blocks.isEmpty && blocks.seek(scope + key, now));
      decide(plan, desk, now, costs, mode);
      desk.outcome.overflow = isShared;
      if (desk.changed) {
        if (!isKnown) rows.insert();
        save(own, desk, rows);
        if (sharesAny) saveShared(shared, desk, rows);
      }
      if (desk.blockChanged) saveBlock(desk, blocks, scope + key);
      rows.sweep(now, SWEPT);
      return desk.outcome;
    },
    resetSync(key) {
      // Throws once the store is closed.
      clock();
      rows.delete(key);
      blocks.delete(scope + key);
    },
  });
}

/** Which numbers of a limit's state stand in a row, and from where on. */
interface Part {
  readonly limit: Limit;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

function load(parts: readonly Part[], before: readonly State[], rows: BoundedTable, isKnown: boolean): void {
  const { segment, slot } = rows.table;
  for (let i = 0; i < parts.length; i++) {
    const { limit, offset, from, to } = parts[i];
    const state = before[i];
    const at = slot * segment.width + offset;
    for (let n = from; n < to; n++) state[n] = isKnown ? segment.rows[at + n] : 0;
    if (limit.machine.grows && from === 0) {
      state.length = to;
      if (isKnown) state.push(...(rows.tail(offset) ?? []));
    }
  }
}

function save(parts: readonly Part[], desk: Desk, rows: BoundedTable): void {
  const { segment, slot } = rows.table;
  const row = slot * segment.width;
  const { now, verdicts } = desk.outcome;
  for (let i = 0; i < parts.length; i++) {
    const { limit, offset, from, to } = parts[i];
    const state = desk.after[i];
    for (let n = from; n < to; n++) segment.rows[row + offset + n] = state[n];
    if (limit.machine.grows && from === 0) rows.setTail(offset, state.slice(to));
    segment.rows[row] = Math.max(segment.rows[row], now + verdicts[i].life);
  }
}

function saveShared(parts: readonly Part[], desk: Desk, rows: BoundedTable): void {
  if (!rows.seek(ALL_KEYS, desk.outcome.now)) rows.insert();
  save(parts, desk, rows);
}

function loadBlock({ block }: Desk, blocks: BoundedTable, isKnown: boolean): void {
  const { segment, slot } = blocks.table;
  block[0] = isKnown ? segment.rows[slot * 3 + 1] : 0;
  block[1] = isKnown ? segment.rows[slot * 3 + 2] : 0;
}

function saveBlock({ block, outcome }: Desk, blocks: BoundedTable, key: string): void {
  if (!blocks.seek(key, outcome.now)) blocks.insert();
  const { segment, slot } = blocks.table;
  segment.rows.set([block[0] + block[1], block[0], block[1]], slot * 3);
}
