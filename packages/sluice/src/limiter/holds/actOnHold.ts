import type { Act, ActOutcome, Keys } from "../../stores/Store.ts";
import { askStore } from "../askStore.ts";
import type { Decision } from "../Decision.ts";
import type { NamedPlan } from "../NamedPlan.ts";

/** Where something was reserved. */
export interface HoldPlace {
  readonly keys: Keys;
  /** Beside which block, where the keys are parts of that one. */
  readonly blockKey?: string | undefined;
  /** What answered in place of the store. Default: nothing did. */
  readonly degraded?: Decision["degraded"];
}

/**
 * Does what is asked with what was reserved, where it was.
 * @throws StoreError
 */
export async function actOnHold(
  named: NamedPlan,
  place: HoldPlace,
  act: Act,
): Promise<Pick<ActOutcome, "hold">> {
  const { keys, blockKey } = place;
  if (isStoodIn(place)) return named.faults.actInstead(keys, act);
  return askStore(named, (prepared) => prepared.act(keys, act, blockKey));
}

/** Whether something answered in place of the store. */
export function isStoodIn({ degraded = false }: HoldPlace): boolean {
  return degraded !== false && degraded !== "overflow";
}
