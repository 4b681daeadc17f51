import { askStore } from "../askStore.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";

/**
 * Forgets what a key spent, in the store and in what stands in for it. No policy can do that in the store's place.
 * @throws StoreError
 */
export async function resetKey(named: NamedPlan, key: Key): Promise<void> {
  const keys = readKey(key, named.subjects);
  named.faults.forget(keys);
  await askStore(named, (prepared) => prepared.reset(keys));
}
