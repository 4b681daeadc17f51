/** A JSON Web Key (RFC 7517), by shape. */
export interface Jwk {
  readonly kty?: string | undefined;
}

/** A CryptoKey, or a KeyObject of node:crypto, by shape. */
export interface JwtKeyObject {
  readonly type: "secret" | "public" | "private";
}

/** One key. Text is a secret, or a public key or certificate in PEM; so are bytes. */
export type JwtKey = string | Uint8Array | JwtKeyObject | Jwk;

/** A set of public keys (RFC 7517), by shape. */
export interface JwkSet {
  readonly keys: readonly Jwk[];
}

/** The header of a token, before anything of it is verified. */
export interface JwtHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly [member: string]: unknown;
}

/** The parts of a token, as jose hands them to functions that find keys. */
export interface JwtParts {
  readonly payload: string | Uint8Array;
  readonly protected?: string;
  readonly signature: string;
}

/** Finds the key of a token; undefined if there is none. The `kid` is the sender's choice: look it up, never open it. */
export type FindJwtKey = (
  header: JwtHeader,
  parts: JwtParts,
) => JwtKey | undefined | Promise<JwtKey | undefined>;

/** A key, a set of public keys, the URL of one, or a function. */
export type JwtKeys = JwtKey | JwkSet | URL | FindJwtKey;
