import type { Limit } from "../algorithms/Limit.ts";
import { sha256 } from "../units/sha256.ts";
import { utf8Bytes } from "../units/utf8Bytes.ts";
import { slotName } from "../algorithms/slotName.ts";

/** The name of a slot as stores keep it: the first 48 bits of its SHA-256, so that a name takes one number. */
export function slotId(limit: Limit): number {
  return hashedName(slotName(limit));
}

/** The first 48 bits of the SHA-256 of a name. */
export function hashedName(name: string): number {
  return Number.parseInt(sha256(utf8Bytes(name)).slice(0, 12), 16);
}
