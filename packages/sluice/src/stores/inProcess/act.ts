import type { Limit } from "../../algorithms/Limit.ts";
import type { Standing } from "../../algorithms/Machine.ts";
import { costOf } from "../costOf.ts";
import type { Act, Costs, Outcome, Plan } from "../Store.ts";
import type { ActDesk } from "./ActDesk.ts";
import { decide } from "./decide.ts";
import { type Hold, HOLD_STATUSES, NO_HOLD } from "./Hold.ts";

/** So that the sum of two is exact. */
const MOST_GIVEN = 2 ** 51;

/** Does an act at one instant. The rules that hold in every store are here and in the twins of this function. */
export function act(plan: Plan, desk: ActDesk, now: number, act: Act): void {
  const isSame = desk.hold.epoch === desk.epochs[0].epoch && desk.hold.costs.length === plan.limits.length;
  if (!("id" in act) || !isSame) desk.hold = NO_HOLD;
  const { status } = desk.hold;
  desk.holdChanged = false;
  if (act.does === "reserve" && status === 0) reserve(plan, desk, now, act);
  else {
    rest(plan, desk, now);
    if (act.does === "book") book(plan.limits, desk, act.costs, act.most);
    else change(plan.limits, desk, act);
  }
  desk.found = HOLD_STATUSES[status];
}

/** What a cost of 0 finds. It is not refused, for it asks for nothing. */
function rest(plan: Plan, desk: ActDesk, now: number): void {
  decide(plan, desk, now, 0, "peek");
  desk.outcome.allowed = true;
}

function reserve(plan: Plan, desk: ActDesk, now: number, act: Act & { does: "reserve" }): void {
  decide(plan, desk, now, act.costs, "consume");
  if (!desk.outcome.allowed) return;
  const { epochs, places, outcome } = desk;
  const { verdicts } = outcome;
  const epoch = epochs[0].epoch || act.nonce;
  epochs[0] = { ...epochs[0], epoch };
  const costs = verdicts.map(({ fits }, i) => (fits ? costOf(act.costs, i) : 0));
  const stands = verdicts.map(({ reset }, i) => reset + epochs[places[i]].given);
  keep(desk, { at: now, renewed: now, status: 1, epoch, until: now + act.ttl, costs, stands });
}

function keep(desk: ActDesk, hold: Hold): void {
  desk.hold = hold;
  desk.holdChanged = true;
  desk.epochs.forEach(
    (epoch, s) => (desk.epochs[s] = { ...epoch, until: Math.max(epoch.until, hold.until) }),
  );
}

/** All or none: what fits is charged, what will fit in time is booked. A refused call is no attempt that counts. */
function book(limits: readonly Limit[], desk: ActDesk, costs: Costs, most: number): void {
  const { outcome, after } = desk;
  const rested = after.map((state) => [...state]);
  const charged = limits.map((limit, i) => bookLimit(limit, desk, i, costOf(costs, i), most));
  outcome.allowed = !outcome.blocked && charged.every((isCharged, i) => isCharged || limits[i].dryRun);
  desk.changed = outcome.allowed && charged.some((isCharged, i) => isCharged && costOf(costs, i) > 0);
  if (outcome.allowed) return;
  for (let i = 0; i < limits.length; i++) {
    replace(after[i], rested[i]);
    tell(limits[i], desk, i, costOf(costs, i));
    replace(after[i], rested[i]);
    if (outcome.verdicts[i].fits) tell(limits[i], desk, i);
  }
}

/** @returns whether it is charged */
function bookLimit(limit: Limit, desk: ActDesk, i: number, cost: number, most: number): boolean {
  const state = desk.after[i];
  const verdict = desk.outcome.verdicts[i];
  const rested = [...state];
  tell(limit, desk, i, cost);
  if (verdict.fits || limit.dryRun) return verdict.fits;
  replace(state, rested);
  const { wait } = verdict;
  if (wait > most || limit.machine.book?.(limit.params, state, cost) !== true) return false;
  tell(limit, desk, i);
  verdict.wait = wait;
  return true;
}

/** Acts that are not refused. */
function change(limits: readonly Limit[], desk: ActDesk, act: Act): void {
  const { hold, outcome } = desk;
  const { now } = outcome;
  if (act.does === "block") {
    desk.block[0] = act.duration > 0 ? now : 0;
    desk.block[1] = outcome.blockedFor = act.duration;
    outcome.blocked = act.duration > 0;
    desk.blockChanged = true;
  } else if (act.does === "refund" || (act.does === "unbook" && isLastSlot(outcome, act.until))) {
    // Who runs goes on running.
    adjust(limits, desk, (i) => [limits[i].isLease ? 0 : -costOf(act.costs, i), now]);
  } else if (act.does === "settle" && hold.status === 1) {
    settle(limits, desk, act.costs);
    keep(desk, { ...hold, status: 2, until: act.forget ? 0 : hold.until });
  } else if (act.does === "renew" && hold.status === 1) {
    adjust(limits, desk, (i) => [limits[i].isLease ? -hold.costs[i] : 0, hold.renewed]);
    adjust(limits, desk, (i) => [limits[i].isLease ? hold.costs[i] : 0, now]);
    keep(desk, { ...hold, renewed: now, until: now + act.ttl });
  }
}

/** Whether nobody has booked behind it. */
function isLastSlot({ now, verdicts }: Outcome, until: readonly number[]): boolean {
  return verdicts.every(({ reset }, i) => reset === Math.max(0, until[i] - now));
}

/** What is given back lets all that is reserved after it drain sooner. */
function settle(limits: readonly Limit[], desk: ActDesk, costs: Costs): void {
  const { hold, outcome, epochs, places } = desk;
  const passed = Math.max(0, outcome.now - hold.at);
  const standing = hold.costs.map((charge, i): Standing => ({
    charge,
    left: hold.stands[i] - epochs[places[i]].given - passed,
    freed: 0,
  }));
  adjust(limits, desk, (i) => [...settled(limits[i], hold, i, costOf(costs, i)), standing[i]]);
  epochs.forEach((epoch, s) => {
    const freed = Math.max(...standing.map((each, i) => (places[i] === s ? each.freed : 0)));
    epochs[s] = { ...epoch, given: Math.min(MOST_GIVEN, epoch.given + freed) };
  });
}

/** A dry run that was not charged has nothing to settle. */
function settled(
  { isLease, dryRun }: Limit,
  hold: Hold,
  i: number,
  cost: number,
): [amount: number, at: number] {
  const held = hold.costs[i];
  if (isLease) return [-held, hold.renewed];
  return [dryRun && held === 0 ? 0 : cost - held, hold.at];
}

/** Adjusts every limit by an amount that was charged at an instant. */
function adjust(
  limits: readonly Limit[],
  desk: ActDesk,
  by: (i: number) => readonly [amount: number, at: number, standing?: Standing],
): void {
  for (let i = 0; i < limits.length; i++) {
    const { machine, params } = limits[i];
    const [amount, at, standing] = by(i);
    if (amount !== 0) {
      machine.adjust(params, desk.after[i], desk.outcome.now, amount, at, standing);
      desk.changed = true;
    }
    tell(limits[i], desk, i);
  }
}

/** Tells what a cost finds in the state as it is now, and charges it if it fits. */
function tell({ machine, params }: Limit, { after, outcome }: ActDesk, i: number, cost: number = 0): void {
  machine.step(params, after[i], outcome.now, cost, false, outcome.verdicts[i]);
}

function replace(state: number[], other: readonly number[]): void {
  state.length = 0;
  for (const number of other) state.push(number);
}
