import { sha256 } from "../../units/sha256.ts";
import { utf8Bytes } from "../../units/utf8Bytes.ts";

/** The name of a record as any backend can take it: its SHA-256, since Memcached wants 250 bytes at most and others no slash. */
export function casKey(recordName: string): string {
  return `sluice-${sha256(utf8Bytes(recordName))}`;
}
