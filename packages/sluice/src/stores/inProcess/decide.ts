import type { Limit } from "../../algorithms/Limit.ts";
import type { State } from "../../algorithms/Machine.ts";
import { costOf } from "../costOf.ts";
import type { Costs, Mode, Outcome, Plan } from "../Store.ts";
import type { Desk } from "./Desk.ts";

/**
 * Decides all limits of a plan at one instant: all are charged or none. The rules that hold in every store are here and
 * in the twins of this function. A refused call changes nothing, but for `countDenied`, the start of a block, and the
 * repair of a clock that stepped back.
 */
export function decide({ limits, block }: Plan, desk: Desk, now: number, costs: Costs, mode: Mode): void {
  const { outcome } = desk;
  const repaired = repairTimes(limits, desk.before, now);
  const blockRepaired = repairTime(desk.block, 0, now);
  outcome.now = now;
  outcome.overflow = false;
  outcome.blockedFor = Math.max(0, desk.block[0] + desk.block[1] - now);
  outcome.blocked = outcome.blockedFor > 0;
  outcome.allowed = !outcome.blocked;
  let charged = charge(limits, desk, costs);
  let blockStarted = false;
  if (!outcome.allowed) {
    const limited = !outcome.blocked && !isNever(limits, outcome);
    charged = takeBack(limits, desk, now, costs, limited);
    blockStarted = limited && startBlock(desk, now, block.duration);
  }
  desk.changed = mode === "consume" && (charged || repaired);
  desk.blockChanged = mode === "consume" && (blockStarted || blockRepaired);
}

/**
 * Charges every limit that the cost fits, and tells whether all that take part fit.
 * @returns whether any was charged
 */
function charge(limits: readonly Limit[], desk: Desk, costs: Costs): boolean {
  const { outcome } = desk;
  const { now } = outcome;
  let charged = false;
  for (let i = 0; i < limits.length; i++) {
    const cost = costOf(costs, i);
    step(limits[i], desk, i, now, cost, false);
    if (!outcome.verdicts[i].fits) outcome.allowed &&= limits[i].dryRun;
    else charged ||= cost > 0;
  }
  return charged;
}

/** @returns whether there is one to start */
function startBlock({ block, outcome }: Desk, now: number, duration: number): boolean {
  if (duration === 0) return false;
  block[0] = now;
  block[1] = outcome.blockedFor = duration;
  return true;
}

/**
 * Undoes every charge of a refused call, and charges the limits that count refused calls.
 * @returns whether any was charged
 */
function takeBack(
  limits: readonly Limit[],
  desk: Desk,
  now: number,
  costs: Costs,
  limited: boolean,
): boolean {
  let charged = false;
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    const cost = costOf(costs, i);
    if (limited && limit.countDenied && !limit.dryRun && cost > 0) {
      chargeRefused(limit, desk, i, now, cost);
      charged = true;
    } else if (desk.outcome.verdicts[i].fits) {
      step(limit, desk, i, now, 0, false);
    }
  }
  return charged;
}

/** Charges as far as there is room. The wait that is told is that of the same cost afterwards. */
function chargeRefused(limit: Limit, desk: Desk, i: number, now: number, cost: number): void {
  const verdict = desk.outcome.verdicts[i];
  const { fits } = verdict;
  step(limit, desk, i, now, cost, true);
  if (!fits) return;
  const next = { ...verdict };
  limit.machine.step(limit.params, [...desk.after[i]], now, cost, false, next);
  verdict.wait = next.wait;
}

function step(limit: Limit, desk: Desk, i: number, now: number, cost: number, counted: boolean): void {
  const before = desk.before[i];
  const after = desk.after[i];
  if (after.length !== before.length) after.length = before.length;
  for (let n = 0; n < before.length; n++) after[n] = before[n];
  limit.machine.step(limit.params, after, now, cost, counted, desk.outcome.verdicts[i]);
}

/**
 * The first number of a state is a time, and so is the first of what it shares over all keys. Where there are both, each
 * is another, and the step itself moves what it finds to now.
 */
function repairTimes(limits: readonly Limit[], states: readonly State[], now: number): boolean {
  let repaired = false;
  for (let i = 0; i < states.length; i++) {
    const { machine, sharedWidth } = limits[i];
    if (sharedWidth === 0) repaired = repairTime(states[i], 0, now) || repaired;
    else repaired ||= states[i][0] > now || states[i][machine.width - sharedWidth] > now;
  }
  return repaired;
}

/** A stored time later than now is moved to now, its usage unchanged: a clock that steps back mints nothing. */
function repairTime(state: State, at: number, now: number): boolean {
  if (state[at] <= now) return false;
  state[at] = now;
  return true;
}

/** Some limit that takes part can never admit this cost. */
function isNever(limits: readonly Limit[], { verdicts }: Outcome): boolean {
  for (let i = 0; i < limits.length; i++) if (!limits[i].dryRun && verdicts[i].wait === Infinity) return true;
  return false;
}
