import { costOf } from "../costOf.ts";
import type { Desk } from "../inProcess/Desk.ts";
import type { Costs, Mode, Plan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { loadPart, type Part, savePart } from "./Part.ts";

/** Whether the limits of a plan need nothing but their steps over one row: what most programs ask for. */
export function isPlain({ limits, block }: Plan): boolean {
  return (
    block.duration === 0 &&
    limits.every(
      ({ machine, sharedWidth, countDenied, dryRun }) =>
        !machine.grows && sharedWidth === 0 && !countDenied && !dryRun,
    )
  );
}

/**
 * The short way to what `decide` says and writes of such a plan while nobody is blocked. The row stays as it is until all
 * limits fit, so no copies are made.
 * @returns whether it was one: a clock that has stepped back is repaired on the long way
 */
export function decidePlain(
  parts: readonly Part[],
  desk: Desk,
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
  costs: Costs,
  mode: Mode,
): boolean {
  const { outcome } = desk;
  outcome.allowed = true;
  let charged = false;
  for (let i = 0; i < parts.length; i++) {
    loadPart(parts[i], desk.after[i], rows, isKnown, now);
    if (desk.after[i][0] > now) return false;
    const cost = costOf(costs, i);
    step(parts[i], desk, now, cost);
    if (!outcome.verdicts[i].fits) outcome.allowed = false;
    charged ||= cost > 0;
  }
  outcome.now = now;
  outcome.blocked = false;
  outcome.blockedFor = 0;
  outcome.overflow = rows.isShared;
  if (!outcome.allowed) takeBack(parts, desk, rows, isKnown);
  else if (charged && mode === "consume") save(parts, desk, rows, isKnown);
  return true;
}

function step({ limit, i }: Part, { after, outcome }: Desk, now: number, cost: number): void {
  limit.machine.step(limit.params, after[i], now, cost, false, outcome.verdicts[i]);
}

/** What fits is told as it was before. */
function takeBack(parts: readonly Part[], desk: Desk, rows: BoundedTable, isKnown: boolean): void {
  const { now, verdicts } = desk.outcome;
  for (let i = 0; i < parts.length; i++) {
    if (!verdicts[i].fits) continue;
    loadPart(parts[i], desk.after[i], rows, isKnown, now);
    step(parts[i], desk, now, 0);
  }
}

function save(parts: readonly Part[], { after, outcome }: Desk, rows: BoundedTable, isKnown: boolean): void {
  rows.claim(isKnown);
  for (let i = 0; i < parts.length; i++) savePart(parts[i], after[i], rows, outcome.now, outcome.verdicts[i]);
}
