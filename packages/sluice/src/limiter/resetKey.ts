import type { NamedPlan } from "./decideCall.ts";
import { withDeadline } from "./failure/withDeadline.ts";
import type { Key } from "./Limiter.ts";
import { readKey } from "./readKey.ts";

/**
 * Forgets what a key spent, in the store and in what stands in for it. No policy can do that in the store's place.
 * @throws StoreError
 */
export async function resetKey({ subjects, prepared, faults }: NamedPlan, key: Key): Promise<void> {
  const keys = readKey(key, subjects);
  faults.forget(keys);
  const admission = faults.admits();
  if (admission === undefined) throw faults.lastError;
  try {
    await withDeadline(prepared.reset(keys), faults.timeoutMs);
    faults.worked();
  } catch (error) {
    throw faults.note(error, admission);
  }
}
