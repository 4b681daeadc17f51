import type { Store, StoreView } from "sluice";

/**
 * The same store as another object. The library refuses two limiters that would spend from the same states of one store
 * under different limits, and remembers them by the store; a changed file is to do just that.
 */
export function storeView(store: Store): StoreView {
  return {
    viewOf: store,
    ...(store.events && { events: store.events }),
    prepare: (plan) => store.prepare(plan),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}
