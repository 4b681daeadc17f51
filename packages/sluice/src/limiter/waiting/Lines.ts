import type { Timer } from "../../stores/Clock.ts";
import type { Decision } from "../Decision.ts";
import { costsGiven } from "../costsGiven.ts";
import { decideQuietly } from "../decideCall.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { unavailable } from "../failure/standIns.ts";
import { giveBack } from "../holds/giveBack.ts";
import type { Key } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { emitDecision } from "../tellDecision.ts";
import { readCost } from "../readCost.ts";
import { readKey } from "../readKey.ts";
import { bookSlot, canBook } from "./bookSlot.ts";
import type { Endings } from "./Endings.ts";
import { Line, type Turn } from "./Line.ts";
import { planInTime } from "./planInTime.ts";
import type { Ends } from "./stay.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** Those who wait in this process, by key, first come first served. */
export class Lines {
  readonly #lines = new Map<string, Line>();
  readonly #planFor: PlanFor;
  readonly #ends: Ends;

  constructor(planFor: PlanFor, timer: Timer, endings: Endings) {
    this.#planFor = planFor;
    this.#ends = { timer, endings };
  }

  async wait(key: Key, request: WaitRequest): Promise<Decision> {
    this.#ends.endings.check(request.signal);
    const costs = costsGiven(request.cost);
    const planned = this.#planFor(key);
    if (!(planned instanceof Promise)) return this.#waitUnder(planned, key, request);
    const found = await planInTime(this.#ends, planned, request);
    if (found !== undefined)
      return this.#waitUnder(found.named, key, { ...request, timeoutMs: found.leftMs });
    const refused = unavailable({ key, costs });
    planned.then(
      (named) => tellWaited(named, refused),
      () => {},
    );
    return refused;
  }

  async #waitUnder(named: NamedPlan, key: Key, request: WaitRequest): Promise<Decision> {
    readCost(request.cost, named.names);
    const name = JSON.stringify(readKey(key, named.subjects));
    const told = (decision: Decision) => tellWaited(named, decision);
    const planNow = sameAtOnce(named, () => this.#planFor(key));
    const turn = turnOf(named, planNow, key, request);
    let line = this.#lines.get(name);
    if (line !== undefined && line.length >= request.maxQueue) return told(await line.refuse(turn, request));
    if (line === undefined) this.#lines.set(name, (line = new Line(this.#ends)));
    // Limits may have become such as can be booked while others stand in line.
    const isBooked = canBook(named) && !line.isFormed;
    try {
      return await (isBooked
        ? line.waitForSlot(async () => bookSlot(await planNow(), key, request), turn, request)
        : told(await line.waitForTurn(turn, request)));
    } finally {
      if (line.length === 0 && this.#lines.get(name) === line) this.#lines.delete(name);
    }
  }

  /**
   * Something of a key has come back: who stands first for it asks again, though its wait is not over. Others only where they
   * may share it, or each that ends something would have all who wait ask the store.
   */
  askAgain(named: NamedPlan, key: Key): void {
    const keys = readKey(key, named.subjects);
    const isAlone =
      typeof keys === "string" && named.plan.limits.every(({ sharedWidth }) => sharedWidth === 0);
    if (isAlone) this.#lines.get(JSON.stringify(keys))?.askAgain();
    else this.allAskAgain();
  }

  /** Limits have changed. */
  allAskAgain(): void {
    for (const line of this.#lines.values()) line.askAgain();
  }
}

/** Each asks under the limits of the moment: they may have changed while it waited. */
function turnOf(named: NamedPlan, planNow: () => ReturnType<PlanFor>, key: Key, { cost }: WaitRequest): Turn {
  const refusalUnder = async (moment: NamedPlan): Promise<Decision> => {
    const seen = await decideQuietly(moment, "peek", key, cost);
    // A store that fails open lets everybody in.
    const isHeldBack = seen.allowed && seen.degraded !== "open";
    return isHeldBack ? { ...seen, allowed: false, reason: "limited" } : seen;
  };
  return {
    ask: async () => {
      const moment = await planNow();
      // Where refused calls are charged, nobody who waits is refused.
      const looks = moment.plan.limits.some(({ countDenied }) => countDenied);
      const seen = looks ? await decideQuietly(moment, "peek", key, cost) : undefined;
      const decision = seen?.allowed === false ? seen : await decideQuietly(moment, "consume", key, cost);
      return { decision, giveUp: () => giveBackCosts(moment, key, decision) };
    },
    refusal: async () => refusalUnder(await planNow()),
    late:
      "decideSync" in named.prepared
        ? // Limits that would have to be waited for are those that it came under.
          async () => refusalUnder(await Promise.race([planNow(), Promise.resolve(named)]))
        : () => unavailable({ key, costs: readCost(cost, named.names) }),
  };
}

/** The plan that was just found is not looked up again in the same turn of the event loop. */
function sameAtOnce(named: NamedPlan, planFor: () => ReturnType<PlanFor>): () => ReturnType<PlanFor> {
  let found: NamedPlan | undefined = named;
  queueMicrotask(() => (found = undefined));
  return () => found ?? planFor();
}

/** A wait is one call, however often it had to ask. Where a slot was booked, that has been told. */
function tellWaited(named: NamedPlan, decision: Decision): Decision {
  if (named.events.wantsDecisions) emitDecision(named, decision, undefined);
  return decision;
}

async function giveBackCosts(named: NamedPlan, key: Key, decision: Decision): Promise<void> {
  if (!decision.allowed) return;
  // Limits that only tell were charged where they would have let it in.
  const costs = decision.limits.map(({ allowed, cost }) => (allowed ? cost : 0));
  const place = { keys: readKey(key, named.subjects), degraded: decision.degraded };
  await giveBack(named, place, { does: "refund", costs });
}
