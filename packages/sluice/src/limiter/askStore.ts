import type { PreparedPlan } from "../stores/Store.ts";
import type { NamedPlan } from "./NamedPlan.ts";
import type { Admission } from "./failure/Breaker.ts";
import { withDeadline } from "./failure/withDeadline.ts";

/**
 * Asks the store for what no policy can do in its place, within the time that a call has.
 * @throws StoreError
 */
export async function askStore<Answer>(
  named: Pick<NamedPlan, "prepared" | "faults">,
  ask: (prepared: PreparedPlan) => Promise<Answer>,
): Promise<Answer> {
  const { faults } = named;
  const admission = faults.admits();
  if (admission === undefined) throw faults.lastError;
  return askAdmitted(named, admission, ask);
}

/**
 * The same for what was admitted.
 * @throws StoreError
 */
export async function askAdmitted<Answer>(
  { prepared, faults }: Pick<NamedPlan, "prepared" | "faults">,
  admission: Admission,
  ask: (prepared: PreparedPlan) => Promise<Answer>,
): Promise<Answer> {
  try {
    const asked = ask(prepared);
    const answer = await ("decideSync" in prepared ? asked : withDeadline(asked, faults.timeoutMs));
    faults.worked();
    return answer;
  } catch (error) {
    throw faults.note(error, admission);
  }
}
