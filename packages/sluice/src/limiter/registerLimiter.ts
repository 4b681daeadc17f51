import type { Limit } from "../algorithms/Limit.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Plan, Store } from "../stores/Store.ts";

const meanings = new WeakMap<Store, Map<string, string>>();

/**
 * Remembers which limits stand behind each namespace and pool of a store, so that two limiters that would spend from the
 * same states under different limits are found at construction. The plans of one guard may share a pool.
 * @throws ConfigurationError `NAME_CLASH`
 */
export function registerLimiter(store: Store, plans: readonly Plan[]): void {
  const known = meanings.get(store) ?? new Map<string, string>();
  meanings.set(store, known);
  for (const [place, sharing] of byPlace(plans)) {
    const meaning = JSON.stringify(sharing.map(({ limits }) => limits.map(meaningOf)));
    if ((known.get(place) ?? meaning) !== meaning) throw nameClash(sharing[0]);
    known.set(place, meaning);
  }
}

function byPlace(plans: readonly Plan[]): Map<string, Plan[]> {
  const places = new Map<string, Plan[]>();
  for (const plan of plans) {
    const place = placeOf(plan);
    const sharing = places.get(place);
    if (sharing === undefined) places.set(place, [plan]);
    else sharing.push(plan);
  }
  return places;
}

function placeOf({ namespace, pool }: Plan): string {
  return JSON.stringify([namespace, pool]);
}

function nameClash({ namespace, pool }: Plan): ConfigurationError {
  const message = `another limiter on this store has namespace ${JSON.stringify(namespace)} and name ${JSON.stringify(pool)} with other limits`;
  return new ConfigurationError("NAME_CLASH", `${message}; give this one a name of its own`, {
    value: pool,
    nearest: `${pool}-2`,
    path: "name",
  });
}

function meaningOf({ algorithm, name, by, params, countDenied, dryRun }: Limit): unknown {
  return [algorithm, name, by, params, countDenied, dryRun];
}
