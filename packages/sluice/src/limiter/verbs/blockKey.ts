import { askStore } from "../askStore.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";

/**
 * Refuses a key, whatever its limits say.
 * @param durationMs 0 lets it in again
 * @throws StoreError
 */
export async function blockKey(named: NamedPlan, key: Key, durationMs: number): Promise<void> {
  const keys = readKey(key, named.subjects);
  const act = { does: "block", duration: durationMs * 1000 } as const;
  await askStore(named, (prepared) => prepared.act(keys, act));
}
