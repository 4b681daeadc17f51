import { show } from "../../errors/show.ts";
import { isRegistered } from "../../limiter/registerLimiter.ts";
import type { Store } from "../../stores/Store.ts";
import type { GuardSettings } from "../readGuardOptions.ts";

/** The pools that were warned of, by store. */
const told = new WeakMap<Store, Set<string>>();

/**
 * Warns `COUNTED_TOGETHER` where rules have the same counters as those of a guard that was built before, and neither a name
 * nor a pool says that they are meant to. Once for each pool of a store.
 */
export function warnOfSharing({ store, namespace, rules, warn }: GuardSettings): void {
  const before = told.get(store) ?? new Set();
  told.set(store, before);
  const pools = rules
    .filter(({ limits, pool, text }) => limits.length > 0 && pool.startsWith(text) && !before.has(pool))
    .map(({ pool }) => pool)
    .filter((pool) => isRegistered(store, { namespace, pool }));
  if (pools.length === 0) return;
  for (const pool of pools) before.add(pool);
  const message = `another guard on this store counts ${pools.map(show).join(", ")} too, and both count together; if that is not meant, give this one a name`;
  warn({ code: "COUNTED_TOGETHER", message });
}
