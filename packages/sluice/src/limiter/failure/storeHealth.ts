import { memoryStore } from "../../stores/memory/memoryStore.ts";
import type { Store, SyncStore } from "../../stores/Store.ts";
import { Breaker } from "./Breaker.ts";

/** What all limiters of one store know of how it does, and the store that stands in for it. */
export interface StoreHealth {
  readonly breaker: Breaker;
  /** It is kept while the store works, so that a store that comes and goes does not give out limits anew. */
  readonly local: SyncStore;
}

const known = new WeakMap<Store, StoreHealth>();

export function storeHealth(store: Store): StoreHealth {
  const health = known.get(store) ?? { breaker: new Breaker(), local: memoryStore() };
  known.set(store, health);
  return health;
}
