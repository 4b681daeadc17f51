import { sha256 } from "../units/sha256.ts";
import { utf8Bytes } from "../units/utf8Bytes.ts";

/** `;pk=:...:`: 128 bits of a hash of the key, so that a client can tell its partitions apart, and nobody who they are. */
export function partitionKey(key: string): string {
  const hash = sha256(utf8Bytes(`sluice partition ${key}`)).slice(0, 32);
  const bytes = hash.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  return `;pk=:${btoa(String.fromCharCode(...bytes))}:`;
}
