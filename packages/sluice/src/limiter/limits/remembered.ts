import type { NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";
import { BoundedMap } from "./BoundedMap.ts";
import type { PlanFor } from "./PlanFor.ts";

/** Keys whose plans are remembered. */
const MOST_KEYS = 10_000;

interface Memory {
  readonly plan: NamedPlan | Promise<NamedPlan>;
  readonly until: number;
}

/**
 * Asks once in `maxAgeMs` for each of the last 10,000 keys. Calls that come meanwhile wait for the same answer; what fails
 * is forgotten, so that the next call asks again.
 * @param now monotonic milliseconds
 */
export function remembered(
  ask: PlanFor,
  maxAgeMs: number,
  now: () => number = () => performance.now(),
): PlanFor {
  const memories = new BoundedMap<Memory>(MOST_KEYS);
  return (key) => {
    const name = nameOf(key);
    const known = memories.get(name);
    // The age counts from when it was asked: it is then no older than is said.
    const asked = now();
    if (known !== undefined && asked < known.until) return known.plan;
    memories.delete(name);
    const plan = ask(key);
    const memory = memories.set(name, { plan, until: asked + maxAgeMs });
    if (plan instanceof Promise) {
      plan.catch(() => {
        if (memories.get(name) === memory) memories.delete(name);
      });
    }
    return plan;
  };
}

/** A string is quoted, so that none is taken for the keys of several subjects. */
function nameOf(key: Key): string {
  return JSON.stringify(key);
}
