import { tokenBucket } from "../../algorithms/bucket/tokenBucket.ts";
import type { Plan, PreparedPlan, Store } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import { ODD_KEYS } from "./oddKeys.ts";
import type { StoreCheck } from "./StoreCheck.ts";

/** Gets nothing back while a test runs. */
const limit = tokenBucket({ capacity: 1000, refill: "1/d" });

/** Namespace, pool and key, which a careless join would confuse. */
const PLACES = [
  ["a", "b", "c"],
  ["a:b", "c", "c"],
  ["a", "b:c", "c"],
  ["a", "b", "c:c"],
  ["a", "b:c", "c:c"],
  ['a"', "b", "c"],
  ["a", '"b', "c"],
  ["a/b", "c", "c"],
  ["a", "b/c", "c"],
  ["a", "b", "b/c"],
  ["a{b}", "c", "c"],
  ["__proto__", "constructor", "c"],
] as const;

export const keepsKeysApart: StoreCheck = {
  promise: "odd keys, pools and namespaces are counted apart",
  async hold({ made: { store } }) {
    const start = freshNamespace();
    const one = prepare(store, start, "a");
    await areApart(ODD_KEYS.map((key) => [one, key]));
    await areApart(PLACES.map(([namespace, pool, key]) => [prepare(store, start + namespace, pool), key]));
  },
};

function prepare(store: Store, namespace: string, pool: string): PreparedPlan {
  const plan: Plan = { namespace, pool, limits: [limit], block: { scope: "", duration: 0 } };
  return store.prepare(plan);
}

/** Each takes a cost of its own, and is then told what remains of that. */
async function areApart(places: readonly (readonly [PreparedPlan, string])[]): Promise<void> {
  for (const [i, [prepared, key]] of places.entries()) await prepared.decide(key, i + 1, "consume");
  for (const [i, [prepared, key]] of places.entries()) {
    const { remaining } = (await prepared.decide(key, 0, "peek")).verdicts[0];
    mustHold(
      remaining === 999 - i,
      () => `place ${i}, key ${JSON.stringify(key)}: ${remaining} remain of 1000 after ${i + 1}`,
    );
  }
}
