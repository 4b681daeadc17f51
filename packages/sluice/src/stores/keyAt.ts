import type { Keys } from "./Store.ts";

/** The key of the subject at `place`. */
export function keyAt(keys: Keys, place: number): string {
  return typeof keys === "string" ? keys : keys[place];
}
