import type { Limit } from "../../algorithms/Limit.ts";
import type { State, Verdict } from "../../algorithms/Machine.ts";
import { createDesk } from "../../stores/inProcess/Desk.ts";
import { decide } from "../../stores/inProcess/decide.ts";
import type { Mode, Plan } from "../../stores/Store.ts";

/** One limit of one key as stores keep it: through the decision, which repairs a clock that stepped back. */
export class KeptKey {
  readonly #plan: Plan;
  #state: State;

  constructor(limit: Limit) {
    this.#plan = { namespace: "laws", pool: "laws", limits: [limit], block: { scope: "", duration: 0 } };
    this.#state = [...createDesk(this.#plan).before[0]];
  }

  /** What a cost would be told, and what would be stored. */
  look(now: number, cost: number = 0): Verdict {
    return this.#decide(now, cost, "peek");
  }

  consume(now: number, cost: number): Verdict {
    return this.#decide(now, cost, "consume");
  }

  #decide(now: number, cost: number, mode: Mode): Verdict {
    const desk = createDesk(this.#plan);
    desk.before[0] = [...this.#state];
    decide(this.#plan, desk, now, cost, mode);
    if (desk.changed) this.#state = [...desk.after[0]];
    return desk.outcome.verdicts[0];
  }
}
