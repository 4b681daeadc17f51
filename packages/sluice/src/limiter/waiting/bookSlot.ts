import type { StoreError } from "../../errors/StoreError.ts";
import type { Act, ActOutcome, Costs, Keys } from "../../stores/Store.ts";
import { waitOf } from "../../stores/waitOf.ts";
import type { Decision } from "../Decision.ts";
import type { DecidingPlan, NamedPlan } from "../NamedPlan.ts";
import type { StandInAnswer } from "../failure/standIns.ts";
import { actInTime } from "../holds/actInTime.ts";
import { giveBack } from "../holds/giveBack.ts";
import type { Key } from "../Limiter.ts";
import { readCost } from "../readCost.ts";
import { readKey } from "../readKey.ts";
import { tellDecision } from "../tellDecision.ts";
import { toDecision } from "../toDecision.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** Whether the store can book slots for all limits of a plan, so that nobody overtakes, in no process. */
export function canBook({ plan: { limits } }: NamedPlan): boolean {
  return limits.every(({ machine, countDenied }) => machine.book !== undefined && !countDenied);
}

/** The answer to who would wait. */
export interface Slot {
  /** As it will be when the slot comes. */
  readonly decision: Decision;
  /** Milliseconds until then, counted from now; 0 for what passes at once, or is refused. */
  readonly waitMs: number;
  /** Gives the slot back, if nobody has booked one behind it. */
  giveUp(): void;
}

/** Books a slot in the store, or is refused at once. */
export async function bookSlot(
  named: NamedPlan,
  key: Key,
  { cost, timeoutMs }: Pick<WaitRequest, "cost" | "timeoutMs">,
): Promise<Slot> {
  const costs = readCost(cost, named.names);
  const keys = readKey(key, named.subjects);
  const act = { does: "book", costs, most: timeoutMs * 1000 } as const;
  const book = (timed: DecidingPlan) => bookQuietly(named, timed, key, keys, act);
  return named.events.wantsDecisions ? tellDecision(named, book, ({ decision }) => decision) : book(named);
}

async function bookQuietly(
  named: NamedPlan,
  timed: DecidingPlan,
  key: Key,
  keys: Keys,
  act: Act & { does: "book" },
): Promise<Slot> {
  const { plan, names, faults } = named;
  const { costs } = act;
  const call = { key, keys, blockKey: undefined, costs, mode: "consume", act } as const;
  const bookInstead = (error: StoreError) => slotOf(named, keys, costs, faults.answerInstead(call, error));
  const admission = faults.admits();
  if (admission === undefined) return bookInstead(faults.lastError);
  let outcome: ActOutcome;
  try {
    outcome = await actInTime(timed, keys, act);
  } catch (error) {
    return bookInstead(faults.note(error, admission));
  }
  faults.worked();
  const decision = toDecision(plan.limits, names, key, costs, outcome);
  return slotOf(named, keys, costs, { decision, outcome });
}

function slotOf(named: NamedPlan, keys: Keys, costs: Costs, { decision, outcome }: StandInAnswer): Slot {
  if (!decision.allowed || outcome === undefined) return { decision, waitMs: 0, giveUp() {} };
  const until = outcome.verdicts.map(({ reset }) => outcome.now + reset);
  const place = { keys, degraded: decision.degraded };
  return {
    decision: arrived(decision),
    waitMs: waitOf(named.plan.limits, outcome) / 1000,
    giveUp: () => void giveBack(named, place, { does: "unbook", costs, until }),
  };
}

/** When its slot has come, it waits no longer. */
function arrived(decision: Decision): Decision {
  const limits = decision.limits.map((limit) => (limit.allowed ? { ...limit, retryAfterMs: 0 } : limit));
  return { ...decision, limits };
}
