import type { Limit } from "../algorithms/Limit.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Plan, Store } from "../stores/Store.ts";
import { meaningOf } from "./limits/meaningOf.ts";

/** Limits at a namespace and pool; those that a function provides cannot be compared, and are taken to be the same. */
export interface Registration extends Pick<Plan, "namespace" | "pool"> {
  readonly limits: readonly Limit[] | "provided";
}

const meanings = new WeakMap<Store, Map<string, string>>();

/**
 * Remembers which limits stand behind each namespace and pool of a store, so that two limiters that would spend from the
 * same states under different limits are found at construction. The plans of one guard may share a pool.
 * @throws ConfigurationError `NAME_CLASH`
 */
export function registerLimiter(store: Store, plans: readonly Registration[]): void {
  const known = meaningsOf(store);
  for (const [place, sharing] of byPlace(plans)) {
    const meaning = meaningOfAll(sharing);
    if ((known.get(place) ?? meaning) !== meaning) throw nameClash(sharing[0]);
    known.set(place, meaning);
  }
}

/** Whether a limiter was constructed over these counters before. */
export function isRegistered(store: Store, plan: Omit<Registration, "limits">): boolean {
  return meaningsOf(store).has(placeOf(plan));
}

/**
 * Remembers what a limiter or a guard was updated to: a limiter that is constructed from now on must have the same. Others at the
 * place keep theirs, as they would in another process, and share what was used; refusing would leave no way to change them.
 */
export function noteLimits(store: Store, plans: readonly Registration[]): void {
  const known = meaningsOf(store);
  for (const [place, sharing] of byPlace(plans)) known.set(place, meaningOfAll(sharing));
}

function meaningsOf(store: Store): Map<string, string> {
  const known = meanings.get(store) ?? new Map<string, string>();
  meanings.set(store, known);
  return known;
}

function meaningOfAll(plans: readonly Registration[]): string {
  return JSON.stringify(plans.map(({ limits }) => (limits === "provided" ? limits : meaningOf(limits))));
}

function byPlace(plans: readonly Registration[]): Map<string, Registration[]> {
  const places = new Map<string, Registration[]>();
  for (const plan of plans) {
    const place = placeOf(plan);
    const sharing = places.get(place);
    if (sharing === undefined) places.set(place, [plan]);
    else sharing.push(plan);
  }
  return places;
}

function placeOf({ namespace, pool }: Omit<Registration, "limits">): string {
  return JSON.stringify([namespace, pool]);
}

function nameClash({ namespace, pool }: Registration): ConfigurationError {
  const message = `another limiter on this store has namespace ${JSON.stringify(namespace)} and name ${JSON.stringify(pool)} with other limits`;
  return new ConfigurationError("NAME_CLASH", `${message}; give this one a name of its own`, {
    value: pool,
    nearest: `${pool}-2`,
    path: "name",
  });
}
