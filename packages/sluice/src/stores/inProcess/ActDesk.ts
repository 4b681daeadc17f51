import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import type { ActOutcome, HoldStatus, Plan } from "../Store.ts";
import { copyOutcome } from "./copyOutcome.ts";
import { createDesk, type Desk } from "./Desk.ts";
import { type Epoch, NO_EPOCH } from "./Epoch.ts";
import { type Hold, NO_HOLD } from "./Hold.ts";

/** The states of one act: those of a decision, and what was reserved. */
export interface ActDesk extends Desk {
  /** What the act found under its id. */
  found: HoldStatus;
  /** As stored; of status 0 where there is none. What to store, if `holdChanged`. */
  hold: Hold;
  holdChanged: boolean;
  /** One for each subject, of which the first tells the epoch of the hold. To be stored with it. */
  readonly epochs: Epoch[];
  /** Of each limit, the place of its subject. */
  readonly places: readonly number[];
}

export function createActDesk(plan: Plan): ActDesk {
  const { places } = subjectsOf("store", plan.limits);
  const epochs = Array.from({ length: 1 + Math.max(...places) }, () => NO_EPOCH);
  return { ...createDesk(plan), found: "none", hold: NO_HOLD, holdChanged: false, epochs, places };
}

/** The outcome of an act is its caller's to keep. */
export function outcomeOfAct({ outcome, found }: ActDesk): ActOutcome {
  return { ...copyOutcome(outcome), hold: found };
}
