import type { EventStream } from "../events/EventStream.ts";
import type { Plan, PreparedPlan, SyncPreparedPlan } from "../stores/Store.ts";
import type { Faults } from "./failure/Faults.ts";

/** A plan that a store has prepared, what its parts are called, what happens if the store fails, and who is told. */
export interface NamedPlan {
  /** The name of the limiter, or the text of the rule: how events call it. */
  readonly name: string;
  readonly events: EventStream;
  /** The rule only tells. */
  readonly dryRun: boolean;
  readonly plan: Plan;
  /** Of the limits. */
  readonly names: readonly string[];
  /** Of the subjects of a call; empty where a call has one key. */
  readonly subjects: readonly string[];
  readonly prepared: PreparedPlan | SyncPreparedPlan;
  readonly faults: Faults;
}

/** As much of it as decides. */
export interface DecidingPlan extends Omit<NamedPlan, "prepared"> {
  readonly prepared:
    | Pick<PreparedPlan, "known" | "decide" | "act">
    | Pick<SyncPreparedPlan, "known" | "decide" | "act" | "decideSync" | "actSync">;
}
