import { invalidOption } from "../errors/invalidOption.ts";

/**
 * Refuses what is no store.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkStore(owner: string, store: unknown): void {
  if (isStore(store)) return;
  throw invalidOption(owner, "store", store, "a store such as memoryStore() or redisStore(client)");
}

function isStore(store: unknown): boolean {
  if (typeof store !== "object" || store === null) return false;
  return "prepare" in store && typeof store.prepare === "function";
}
