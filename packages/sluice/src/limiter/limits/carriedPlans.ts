import { isSluiceError } from "../../errors/SluiceError.ts";
import type { NamedPlan } from "../decideCall.ts";
import type { Key } from "../Limiter.ts";
import { BoundedMap } from "./BoundedMap.ts";
import { carryOver, carryOverNow } from "./carryOver.ts";
import type { PlanFor } from "./PlanFor.ts";

/** Keys that are known to have brought along what they used. For others the store knows. */
const MOST_KEYS = 10_000;

/** Plans whose keys bring along, when they first call, what they used under earlier ones. */
export function carriedPlans(from: PlanFor, to: PlanFor): PlanFor {
  const carried = new BoundedMap<Promise<void> | true>(MOST_KEYS);

  async function carryLater(key: Key, name: string): Promise<void> {
    try {
      await carryOver(key, await from(key), await to(key));
      carried.set(name, true);
    } catch (error) {
      carried.delete(name);
      throwUnlessStore(error);
    }
  }

  function carryNow(key: Key, name: string, before: NamedPlan, now: NamedPlan): NamedPlan {
    try {
      carryOverNow(key, before, now);
      carried.set(name, true);
    } catch (error) {
      throwUnlessStore(error);
    }
    return now;
  }

  return (key) => {
    const name = JSON.stringify(key);
    const known = carried.get(name);
    if (known === true) return to(key);
    if (known !== undefined) return known.then(() => to(key));
    const [before, now] = [from(key), to(key)];
    if (!(before instanceof Promise) && !(now instanceof Promise) && "actSync" in now.prepared)
      return carryNow(key, name, before, now);
    const carrying = carryLater(key, name);
    carried.set(name, carrying);
    return carrying.then(() => now);
  };
}

/** What a failing store could not tell is told the next time; the call itself is answered by the policy. */
function throwUnlessStore(error: unknown): void {
  if (!isSluiceError(error) || !error.code.startsWith("STORE_")) throw error;
}
