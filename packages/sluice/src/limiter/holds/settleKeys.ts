import { encodeKey } from "../../units/encodeKey.ts";
import type { NamedPlan } from "../decideCall.ts";
import type { Cost } from "../Limiter.ts";
import { readCost } from "../readCost.ts";
import { actOnHold, type HoldPlace } from "./actOnHold.ts";
import type { Settlement } from "./Hold.ts";

/**
 * Settles what was reserved under an id.
 * @throws StoreError
 */
export async function settleKeys(
  named: NamedPlan,
  place: HoldPlace,
  id: string,
  actual: Cost,
): Promise<Settlement> {
  const costs = readCost(actual, named.names);
  const { hold } = await actOnHold(named, place, { does: "settle", costs, id: encodeKey(id) });
  return hold === "none" ? "expired" : "settled";
}
