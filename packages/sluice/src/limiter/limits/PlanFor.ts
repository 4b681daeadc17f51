import type { NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";

/** Finds the plan that a key stands under now; no promise where nothing has to be waited for. */
export type PlanFor = (key: Key) => NamedPlan | Promise<NamedPlan>;
