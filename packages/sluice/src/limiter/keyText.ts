import type { Key } from "./Limiter.ts";

/** A key as decisions tell it; the keys of several subjects as JSON. */
export function keyText(key: Key): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}
