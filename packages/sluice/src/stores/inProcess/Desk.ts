import type { State } from "../../algorithms/Machine.ts";
import type { Outcome, Plan } from "../Store.ts";

/** The states of one call, as a store lays them out for the decision. */
export interface Desk {
  /** One for each limit, as stored: all zeros where there was none. Repaired in place. */
  readonly before: State[];
  /** One for each limit: what to store, if `changed`. */
  readonly after: State[];
  /** `[time, duration]`, zeros where there is no block. What to store, if `blockChanged`. */
  readonly block: [time: number, duration: number];
  changed: boolean;
  blockChanged: boolean;
  readonly outcome: Outcome;
}

/** What numbers begin as that may be fractions or large: so the engine makes room for such from the start, not later. */
const UNSET = 0.5;

export function createDesk(plan: Plan): Desk {
  const states = () => plan.limits.map((limit) => zeros(limit.machine.width));
  const after = states();
  const verdicts = after.map((state) => ({
    fits: true,
    wait: UNSET,
    remaining: 0,
    reset: UNSET,
    life: UNSET,
    state,
  }));
  const outcome = { now: UNSET, allowed: true, blocked: false, blockedFor: UNSET, overflow: false, verdicts };
  return {
    before: states(),
    after,
    block: zeros(2) as [number, number],
    changed: false,
    blockChanged: false,
    outcome,
  };
}

function zeros(length: number): State {
  const state: State = [];
  while (state.length < length) state.push(UNSET);
  return state.fill(0);
}
