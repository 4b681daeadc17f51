import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { sha256 } from "./sha256.ts";
import { utf8Bytes } from "./utf8Bytes.ts";

/** The longest key that a store gets to see, in UTF-8 bytes. */
export const LONGEST_KEY_BYTES = 256;

// NUL and lone surrogates, which no SQL text and no UTF-8 can hold, and what looks like our own hash.
const UNSTORABLE = /^sha256:|[\0\u{d800}-\u{dfff}]/u;

/**
 * The form of a key that goes to a store: the key itself, or `sha256:` and 64 hexadecimal digits if it is over 256
 * UTF-8 bytes, holds a NUL or a lone surrogate, or begins with `sha256:`. Different keys stay different. Apply it
 * once: a hash is hashed again.
 * @throws ConfigurationError `INVALID_KEY` for anything but a non-empty string
 */
export function encodeKey(key: string): string {
  if (typeof key !== "string" || key === "") throw invalidKey(key);
  if (isPlain(key)) return key;
  return isLong(key) || UNSTORABLE.test(key) ? hashed(key) : key;
}

/** Short, and without a unit that calls for a closer look. Most keys are: a regular expression would take twice as long. */
function isPlain(key: string): boolean {
  const { length } = key;
  if (length * 3 > LONGEST_KEY_BYTES || key.startsWith("sha256:")) return false;
  for (let i = 0; i < length; i++) {
    const unit = key.charCodeAt(i);
    if (unit === 0 || (unit & 0xf800) === 0xd800) return false;
  }
  return true;
}

function hashed(key: string): string {
  return `sha256:${sha256(utf8Bytes(key))}`;
}

function invalidKey(key: unknown): ConfigurationError {
  return new ConfigurationError("INVALID_KEY", `a key must be a non-empty string, not ${show(key)}`, {
    value: key,
  });
}

function isLong(key: string): boolean {
  if (key.length * 3 <= LONGEST_KEY_BYTES) return false;
  return key.length > LONGEST_KEY_BYTES || utf8Bytes(key).length > LONGEST_KEY_BYTES;
}
