import type { PreparedPlan } from "../stores/Store.ts";
import type { NamedPlan } from "./NamedPlan.ts";
import { withDeadline } from "./failure/withDeadline.ts";

/**
 * Asks the store for what no policy can do in its place, within the time that a call has.
 * @throws StoreError
 */
export async function askStore<Answer>(
  { prepared, faults }: Pick<NamedPlan, "prepared" | "faults">,
  ask: (prepared: PreparedPlan) => Promise<Answer>,
): Promise<Answer> {
  const admission = faults.admits();
  if (admission === undefined) throw faults.lastError;
  try {
    const asked = ask(prepared);
    const answer = await ("decideSync" in prepared ? asked : withDeadline(asked, faults.timeoutMs));
    faults.worked();
    return answer;
  } catch (error) {
    throw faults.note(error, admission);
  }
}
