import { isSluiceError } from "../../errors/SluiceError.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";
import { BoundedMap } from "./BoundedMap.ts";
import { carryOver, carryOverNow } from "./carryOver.ts";
import type { PlanFor } from "./PlanFor.ts";

/** Keys that are known to have brought along what they used. For others the store knows. */
const MOST_KEYS = 10_000;

/** Earlier plans, under which something may still be used. */
export interface Earlier {
  readonly planFor: PlanFor;
  /** Nothing that was used under them is left. */
  isOver(): boolean;
}

/** Plans whose keys bring along, when they first call, what they used under earlier ones. */
export function carriedPlans(earlier: Earlier, to: PlanFor): PlanFor {
  let from: Earlier | undefined = earlier;
  const carried = new BoundedMap<true>(MOST_KEYS);
  const underWay = new Map<string, Promise<void>>();

  async function carryLater(key: Key, name: string, plans: readonly Promise<NamedPlan>[]): Promise<void> {
    try {
      const [before, now] = await Promise.all(plans);
      await carryOver(key, before, now);
      carried.set(name, true);
    } catch (error) {
      throwUnlessStore(error);
    } finally {
      underWay.delete(name);
    }
  }

  function carryNow(key: Key, name: string, before: NamedPlan, now: NamedPlan): void {
    try {
      carryOverNow(key, before, now);
      carried.set(name, true);
    } catch (error) {
      throwUnlessStore(error);
    }
  }

  return (key) => {
    // What is over is forgotten, or what every update carried over would stay.
    if (from?.isOver() !== false) from = undefined;
    if (from === undefined) return to(key);
    const name = JSON.stringify(key);
    if (carried.get(name) === true) return to(key);
    const others = underWay.get(name);
    if (others !== undefined) return others.then(() => to(key));
    const [before, now] = [from.planFor(key), to(key)];
    if (!(before instanceof Promise) && !(now instanceof Promise) && "actSync" in now.prepared) {
      carryNow(key, name, before, now);
      return now;
    }
    const carrying = carryLater(key, name, [Promise.resolve(before), Promise.resolve(now)]);
    underWay.set(name, carrying);
    return carrying.then(() => now);
  };
}

/** What a failing store could not tell is told the next time; the call itself is answered by the policy. */
function throwUnlessStore(error: unknown): void {
  if (!isSluiceError(error) || !error.code.startsWith("STORE_")) throw error;
}
