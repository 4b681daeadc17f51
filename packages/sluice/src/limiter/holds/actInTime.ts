import type { Act, ActOutcome, Keys } from "../../stores/Store.ts";
import type { DecidingPlan } from "../NamedPlan.ts";
import { withDeadline } from "../failure/withDeadline.ts";

/**
 * Does an act that decides, in the time that a call has; no promise where the store answers at once.
 * @param late is told what the store answers after that time
 */
export function actInTime(
  { prepared, faults }: DecidingPlan,
  keys: Keys,
  act: Act,
  blockKey?: string,
  late?: (outcome: ActOutcome) => void,
): ActOutcome | Promise<ActOutcome> {
  if ("actSync" in prepared) return prepared.actSync(keys, act, blockKey);
  const answer = prepared.act(keys, act, blockKey);
  const inTime = withDeadline(answer, faults.timeoutMs);
  if (late !== undefined) inTime.catch(() => answer.then(late, () => {}));
  return inTime;
}
