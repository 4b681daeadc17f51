import type { Act, ActOutcome, Keys, SyncPreparedPlan } from "../../stores/Store.ts";
import type { DecidingPlan } from "../NamedPlan.ts";
import { withDeadline } from "../failure/withDeadline.ts";

/** Does an act that decides, in the time that a call has; no promise where the store answers at once. */
export function actInTime(
  { prepared, faults }: DecidingPlan,
  keys: Keys,
  act: Act,
  blockKey?: string,
): ActOutcome | Promise<ActOutcome> {
  if ("actSync" in prepared) return (prepared as SyncPreparedPlan).actSync(keys, act, blockKey);
  return withDeadline(prepared.act(keys, act, blockKey), faults.timeoutMs);
}
