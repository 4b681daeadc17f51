import { memoryStore } from "../../stores/memory/memoryStore.ts";
import type { Store, SyncStore } from "../../stores/Store.ts";
import { Breakers } from "./Breakers.ts";
import type { StoreView } from "./StoreView.ts";

/** What all limiters of one store know of how it does, and the store that stands in for it. */
export interface StoreHealth {
  readonly breakers: Breakers;
  /** It is kept while the store works, so that a store that comes and goes does not give out limits anew. */
  readonly local: SyncStore;
}

const known = new WeakMap<Store, StoreHealth>();

export function storeHealth(seen: Store | StoreView): StoreHealth {
  const store = "viewOf" in seen ? seen.viewOf : seen;
  const health = known.get(store) ?? { breakers: new Breakers(), local: memoryStore() };
  known.set(store, health);
  return health;
}
