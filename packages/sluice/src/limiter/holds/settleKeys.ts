import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Cost } from "../Limiter.ts";
import { readCost } from "../readCost.ts";
import { actOnHold, type HoldPlace } from "./actOnHold.ts";
import { heldAs } from "./heldAs.ts";
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
  const costs = readCost(actual ?? missing(), named.names);
  const { hold } = await actOnHold(named, place, {
    does: "settle",
    costs,
    id: heldAs(id, named.plan.limits),
  });
  return hold === "none" ? "expired" : "settled";
}

/** Whoever has not counted is not charged 1. */
function missing(): never {
  throw new ConfigurationError("INVALID_COST", "settle takes what it really cost, not undefined", {
    value: undefined,
  });
}
