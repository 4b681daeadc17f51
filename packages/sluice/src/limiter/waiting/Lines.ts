import type { Timer } from "../../stores/Clock.ts";
import type { Decision } from "../Decision.ts";
import { decideQuietly, type NamedPlan } from "../decideCall.ts";
import type { Key } from "../Limiter.ts";
import type { PlanFor } from "../limits/PlanFor.ts";
import { emitDecision } from "../tellDecision.ts";
import { refundKey } from "../refundKey.ts";
import { bookSlot, canBook } from "./bookSlot.ts";
import type { Endings } from "./Endings.ts";
import { Line, type Turn } from "./Line.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** Those who wait in this process, by key, first come first served. */
export class Lines {
  readonly #lines = new Map<string, Line>();
  readonly #planFor: PlanFor;
  readonly #timer: Timer;
  readonly #endings: Endings;

  constructor(planFor: PlanFor, timer: Timer, endings: Endings) {
    this.#planFor = planFor;
    this.#timer = timer;
    this.#endings = endings;
  }

  async wait(key: Key, request: WaitRequest): Promise<Decision> {
    this.#endings.check(request.signal);
    const planned = this.#planFor(key);
    const named = planned instanceof Promise ? await planned : planned;
    const isBooked = canBook(named);
    const told = (decision: Decision) => tellWaited(named, decision);
    const turn = this.#turnOf(key, request);
    const name = JSON.stringify(key);
    let line = this.#lines.get(name);
    if (line !== undefined && line.length >= request.maxQueue) return told(await turn.refusal());
    if (line === undefined) this.#lines.set(name, (line = new Line(this.#timer, this.#endings)));
    try {
      return await (isBooked
        ? line.waitForSlot(async () => bookSlot(await this.#planFor(key), key, request), request)
        : told(await line.waitForTurn(turn, request)));
    } finally {
      if (line.length === 0) this.#lines.delete(name);
    }
  }

  /** Each asks under the limits of the moment: they may have changed while it waited. */
  #turnOf(key: Key, { cost }: WaitRequest): Turn {
    const decide = async (mode: "consume" | "peek") =>
      decideQuietly(await this.#planFor(key), mode, key, cost);
    return {
      ask: async () => {
        const { plan } = await this.#planFor(key);
        // Where refused calls are charged, nobody who waits is refused.
        const looks = plan.limits.some(({ countDenied }) => countDenied);
        const seen = looks ? await decide("peek") : undefined;
        return seen?.allowed === false ? seen : decide("consume");
      },
      async refusal() {
        const seen = await decide("peek");
        return seen.allowed ? { ...seen, allowed: false, reason: "limited" } : seen;
      },
      giveBack: () => {
        const given = async () => refundKey(await this.#planFor(key), key, cost);
        given().catch(() => {});
      },
    };
  }
}

/** A wait is one call, however often it had to ask. Where a slot was booked, that has been told. */
function tellWaited(named: NamedPlan, decision: Decision): Decision {
  if (named.events.wantsDecisions) emitDecision(named, decision, undefined);
  return decision;
}
