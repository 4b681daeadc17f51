import { askStore } from "../askStore.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Cost, Key } from "../Limiter.ts";
import { readCost } from "../readCost.ts";
import { readKey } from "../readKey.ts";

/**
 * Gives a cost back, never above full.
 * @throws StoreError
 */
export async function refundKey(named: NamedPlan, key: Key, cost: Cost | undefined): Promise<void> {
  const costs = readCost(cost, named.names);
  const keys = readKey(key, named.subjects);
  await askStore(named, (prepared) => prepared.act(keys, { does: "refund", costs }));
}
