import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import type { Jwk, JwkSet, JwtKey, JwtKeyObject } from "./JwtKeys.ts";
import { isObject } from "../../units/isObject.ts";
import { utf8Bytes } from "../../units/utf8Bytes.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const PEM = "-----BEGIN ";
const PUBLIC_PEM = /^-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----/;

/**
 * Checks that a key is of the kind that the allowed algorithms take.
 * @returns the key; bytes for a secret in text, text for PEM in bytes
 * @throws ConfigurationError `INVALID_OPTION`; the message tells the kind of the value, never the value
 */
export function checkKey(key: unknown, takesSecret: boolean): JwtKey {
  if (typeof key === "string" || key instanceof Uint8Array) return checkText(key, takesSecret);
  if (!isObject(key)) throw wrongKey(takesSecret, key === undefined ? "undefined" : "that");
  const kind = kindOf(key as Jwk & JwtKeyObject);
  if (kind === (takesSecret ? "secret" : "public")) return key;
  throw wrongKey(takesSecret, kind === undefined ? "that" : `a ${kind} key`);
}

/** Checks a set of keys: of public ones, since a secret would be in whatever serves the set. */
export function checkKeySet(set: JwkSet, takesSecret: boolean): JwkSet {
  if (takesSecret) throw wrongKey(takesSecret, "a set of keys");
  for (const key of set.keys) checkKey(key, false);
  return set;
}

/** Checks where a set of keys is fetched: over TLS, or on this machine. */
export function checkKeyUrl(url: URL, takesSecret: boolean): URL {
  if (takesSecret) throw wrongKey(takesSecret, "a URL");
  if (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname))) return url;
  throw wrongKey(takesSecret, "a URL without TLS, where anybody on the way chooses the keys");
}

function checkText(key: string | Uint8Array, takesSecret: boolean): JwtKey {
  const text = typeof key === "string" ? key : new TextDecoder().decode(key.subarray(0, 100_000));
  const isPem = text.trimStart().startsWith(PEM);
  if (!takesSecret && PUBLIC_PEM.test(text.trimStart())) return text.trim();
  if (takesSecret && !isPem && text.trim() !== "") return typeof key === "string" ? utf8Bytes(key) : key;
  throw wrongKey(takesSecret, isPem ? "such a PEM" : text.trim() === "" ? "nothing" : "a secret");
}

function kindOf({ kty, type, ...rest }: Jwk & JwtKeyObject): string | undefined {
  if (kty === undefined) return type;
  if (kty === "oct") return "secret";
  return "d" in rest || "priv" in rest ? "private" : "public";
}

function wrongKey(takesSecret: boolean, found: string): ConfigurationError {
  const due = takesSecret
    ? "HS256 and its kin take a secret: text, bytes, a secret KeyObject or CryptoKey, or a JWK of kty oct"
    : "these algorithms take a public key: PEM, a KeyObject or CryptoKey, a JWK, a set of JWKs, or its https: URL";
  const message = `jwt key does not fit: ${due}; not ${found}`;
  return new ConfigurationError("INVALID_OPTION", message, { path: "key" });
}
