import type { Desk } from "../inProcess/decide.ts";
import type { Mode, Plan } from "../Store.ts";
import type { BoundedTable } from "./BoundedTable.ts";
import { loadPart, type Part, savePart } from "./Part.ts";

/** Whether a plan is one limit and nothing that needs more than its own step: what most programs ask for. */
export function isAlone({ limits, block }: Plan): boolean {
  if (limits.length !== 1 || block.duration > 0) return false;
  const { machine, sharedWidth, countDenied, dryRun } = limits[0];
  return !machine.grows && sharedWidth === 0 && !countDenied && !dryRun;
}

/**
 * The short way to what `decide` says and writes of such a plan while nobody is blocked: one step, and no copies.
 * @returns whether it was one: a clock that has stepped back is repaired on the long way
 */
export function decideAlone(
  part: Part,
  { after, outcome }: Desk,
  rows: BoundedTable,
  isKnown: boolean,
  now: number,
  cost: number,
  mode: Mode,
): boolean {
  const state = after[0];
  loadPart(part, state, rows, isKnown, now);
  if (state[0] > now) return false;
  const { limit } = part;
  const verdict = outcome.verdicts[0];
  limit.machine.step(limit.params, state, now, cost, false, verdict);
  outcome.now = now;
  outcome.allowed = verdict.fits;
  outcome.blocked = false;
  outcome.blockedFor = 0;
  outcome.overflow = rows.isShared;
  if (verdict.fits && cost > 0 && mode === "consume") {
    rows.claim(isKnown);
    savePart(part, state, rows, now, verdict);
  }
  return true;
}
