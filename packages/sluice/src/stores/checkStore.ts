import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";

/**
 * Refuses what is no store.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkStore(owner: string, store: unknown): void {
  if (
    typeof store === "object" &&
    store !== null &&
    "prepare" in store &&
    typeof store.prepare === "function"
  )
    return;
  throw new ConfigurationError(
    "INVALID_OPTION",
    `${owner} store must be a store such as memoryStore(), not ${show(store)}`,
    {
      value: store,
      path: "store",
    },
  );
}
