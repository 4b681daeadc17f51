/** Memcached as a store: `rateLimiter({ limits: "100/m", store: memcachedStore(client) })`. */
import { promisify } from "node:util";
import type Memcached from "memcached";
import type { Store } from "sluice";
import { casStore } from "sluice/cas";

/**
 * Limits that hold across processes and hosts. A restart of Memcached forgets what was spent, and so does an eviction:
 * give it memory enough.
 * @param client stays yours to end
 */
export function memcachedStore(client: Memcached): Store {
  const gets = promisify(client.gets).bind(client);
  const add = promisify(client.add).bind(client);
  const cas = promisify(client.cas).bind(client);
  return casStore<string>({
    async read(key) {
      const found = await gets(key);
      return found && { value: String(found[key]), version: found.cas };
    },
    async swap(key, version, next, ttlMs) {
      if (version !== undefined) return cas(key, next, version, lifetime(ttlMs));
      return add(key, next, lifetime(ttlMs)).catch(falseIfThere);
    },
  });
}

/** Only this answer says that nothing was stored. Any other error leaves it open, so it is passed on. */
function falseIfThere(error: Error & { notStored?: boolean }): false {
  if (error.notStored === true) return false;
  throw error;
}

const THIRTY_DAYS = 2_592_000;

/**
 * Memcached counts whole seconds, of which the first may be over at once: so one more. What is above thirty days it
 * takes for a time since the epoch.
 */
function lifetime(ttlMs: number): number {
  const seconds = Math.ceil(ttlMs / 1000) + 1;
  return seconds <= THIRTY_DAYS ? seconds : Math.floor(Date.now() / 1000) + seconds;
}
