import type { Store } from "../../stores/Store.ts";

/**
 * A store by another object, for programs whose limits change as a whole. Limiters of two views may have other limits in one
 * place, which limiters of one store may not. What is known of how the store does, and what stands in for it, views share.
 */
export interface StoreView extends Store {
  /** The store itself, no view. */
  readonly viewOf: Store;
}
