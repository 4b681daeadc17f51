import type { ActOutcome, Keys } from "../../stores/Store.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import { askStore } from "../askStore.ts";
import type { Decision } from "../Decision.ts";
import type { NamedPlan } from "../decideCall.ts";
import type { Cost } from "../Limiter.ts";
import { readCost } from "../readCost.ts";
import type { Settlement } from "./Hold.ts";

/**
 * Settles what was reserved under an id.
 * @param degraded where it was reserved, if that was not the store
 * @throws StoreError
 */
export async function settleKeys(
  named: NamedPlan,
  keys: Keys,
  id: string,
  actual: Cost,
  degraded: Decision["degraded"] = false,
): Promise<Settlement> {
  const costs = readCost(actual, named.names);
  const act = { does: "settle", costs, id: encodeKey(id) } as const;
  const isInStore = degraded === false || degraded === "overflow";
  const outcome: Pick<ActOutcome, "hold"> = isInStore
    ? await askStore(named, (prepared) => prepared.act(keys, act))
    : named.faults.actInstead(keys, act);
  return outcome.hold === "none" ? "expired" : "settled";
}
