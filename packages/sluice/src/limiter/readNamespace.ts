import type { Warn } from "../events/Warning.ts";
import type { Store } from "../stores/Store.ts";
import { checkLabel } from "../errors/checkLabel.ts";

const told = new WeakSet<Store>();

/**
 * Checks a namespace, `"sluice"` by default. Where others may keep limits in the same place the default warns
 * `DEFAULT_NAMESPACE`, once for each store: what two programs call alike would be one.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function readNamespace(
  owner: string,
  namespace: string | undefined,
  store: Store,
  warn: Warn,
): string {
  if (namespace !== undefined) {
    checkLabel(owner, "namespace", namespace, 64);
    return namespace;
  }
  if (store.isShared === true && !told.has(store)) {
    told.add(store);
    const message = `${owner} has a store that others may share, and no namespace: name the application, such as namespace: "shop"`;
    warn({ code: "DEFAULT_NAMESPACE", message });
  }
  return "sluice";
}
