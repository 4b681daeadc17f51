import { sha256 } from "../units/sha256.ts";
import { utf8Bytes } from "../units/utf8Bytes.ts";

/** The first 128 bits of SHA-256, as 32 hexadecimal digits: stands for a secret wherever one must not be seen. */
export function hashSecret(secret: string): string {
  return sha256(utf8Bytes(secret)).slice(0, 32);
}
