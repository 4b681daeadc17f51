import { encodeKey } from "../units/encodeKey.ts";
import type { NamedPlan } from "./decideCall.ts";
import { withDeadline } from "./failure/withDeadline.ts";

/**
 * Forgets what a key spent, in the store and in what stands in for it. No policy can do that in the store's place.
 * @throws StoreError
 */
export async function resetKey({ prepared, faults }: NamedPlan, key: string): Promise<void> {
  const encoded = encodeKey(key);
  faults.forget(encoded);
  if (!faults.admits()) throw faults.lastError;
  try {
    await withDeadline(prepared.reset(encoded), faults.timeoutMs);
    faults.worked();
  } catch (error) {
    throw faults.note(error);
  }
}
