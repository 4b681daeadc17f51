import type { Limit } from "../algorithms/Limit.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Plan, Store } from "../stores/Store.ts";

const plansByStore = new WeakMap<Store, Map<string, string>>();

/**
 * Remembers which limits a namespace and name stand for in a store, so that two limiters that would spend from the same
 * states under different limits are found at construction.
 * @throws ConfigurationError `NAME_CLASH`
 */
export function registerLimiter(store: Store, { namespace, pool, limits }: Plan): void {
  const plans = plansByStore.get(store) ?? new Map<string, string>();
  plansByStore.set(store, plans);
  const place = JSON.stringify([namespace, pool]);
  const meaning = JSON.stringify(limits.map(meaningOf));
  const known = plans.get(place);
  if (known !== undefined && known !== meaning) {
    throw new ConfigurationError(
      "NAME_CLASH",
      `another limiter on this store has namespace ${JSON.stringify(namespace)} and name ${JSON.stringify(pool)} with other limits; give this one a name of its own`,
      { value: pool, nearest: `${pool}-2`, path: "name" },
    );
  }
  plans.set(place, meaning);
}

function meaningOf({ algorithm, name, params, countDenied, dryRun }: Limit): unknown {
  return [algorithm, name, params, countDenied, dryRun];
}
