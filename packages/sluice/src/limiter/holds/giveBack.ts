import type { Act } from "../../stores/Store.ts";
import { askAdmitted } from "../askStore.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { type HoldPlace, isStoodIn } from "./actOnHold.ts";

/**
 * Gives back what was charged, where it was. It never rejects: what is not taken back is only lost. A store that is left
 * alone is told, too, though nobody waits for it: it may only have paused, and would else keep what nobody uses.
 */
export async function giveBack(
  named: Pick<NamedPlan, "prepared" | "faults">,
  place: HoldPlace,
  act: Act,
): Promise<void> {
  const { prepared, faults } = named;
  const { keys, blockKey } = place;
  if (isStoodIn(place)) return void faults.actInstead(keys, act);
  const tell = async () => prepared.act(keys, act, blockKey);
  const admission = faults.admits();
  if (admission === undefined) return void tell().catch(() => {});
  await askAdmitted(named, admission, tell).catch(() => {});
}
