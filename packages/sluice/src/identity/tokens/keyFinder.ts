import { IdentityError } from "../../errors/IdentityError.ts";
import { checkKey, checkKeySet, checkKeyUrl } from "./checkKey.ts";
import type { FindJwtKey, JwkSet, JwtKey, JwtKeys } from "./JwtKeys.ts";

export type Jose = typeof import("jose");

/** How jose is told a key. */
type GetKey = Extract<Parameters<Jose["jwtVerify"]>[1], (...args: never) => unknown>;
type JoseKey = Awaited<ReturnType<GetKey>>;

/** How long a set of keys may take to arrive. jose then keeps it for 10 minutes. */
const FETCH_MS = 2_000;

/**
 * Checks the option `key` now, and makes of it what finds keys when jose is there.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function keyFinder(keys: JwtKeys, takesSecret: boolean): (jose: Jose) => GetKey {
  if (typeof keys === "function") return (jose) => asked(jose, keys, takesSecret);
  if (keys instanceof URL) {
    const url = checkKeyUrl(keys, takesSecret);
    return (jose) => reached(jose.createRemoteJWKSet(url, { timeoutDuration: FETCH_MS }));
  }
  if (isSet(keys)) {
    const set = structuredClone(checkKeySet(keys, takesSecret));
    return (jose) => jose.createLocalJWKSet(set as Parameters<Jose["createLocalJWKSet"]>[0]);
  }
  const key = checkKey(keys, takesSecret);
  return (jose) => known(jose, isPlain(key) ? structuredClone(key) : key);
}

function known(jose: Jose, key: JwtKey): GetKey {
  if (typeof key !== "string") return () => key as JoseKey;
  const load = key.includes("CERTIFICATE") ? jose.importX509 : jose.importSPKI;
  const loaded = new Map<string, Promise<JoseKey>>();
  return ({ alg }) => {
    const there = loaded.get(alg) ?? load(key, alg);
    loaded.set(alg, there);
    return there;
  };
}

/** A key that is asked for at each token. */
function asked(jose: Jose, find: FindJwtKey, takesSecret: boolean): GetKey {
  const get = reached(async (header, parts) => {
    const isNamed = header.kid === undefined || typeof header.kid === "string";
    const key = isNamed ? await find(header, parts) : undefined;
    if (key === undefined || key === null) throw new jose.errors.JWKSNoMatchingKey();
    return checkKey(key, takesSecret) as JoseKey;
  });
  return async (header, parts) => {
    const key = await get(header, parts);
    return typeof key === "string" ? known(jose, key)(header, parts) : key;
  };
}

/** Tells apart that a set has no such key, which is the token's fault, and that it cannot be had. */
function reached(get: GetKey): GetKey {
  return async (header, parts) => {
    try {
      return await get(header, parts);
    } catch (error) {
      if (isNoMatch(error)) throw error;
      const message = "the keys to verify tokens with cannot be had; see cause";
      throw new IdentityError("KEYS_UNAVAILABLE", message, 500, { cause: error });
    }
  };
}

function isNoMatch(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ERR_JWKS_NO_MATCHING_KEY" || code === "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
}

function isSet(keys: JwtKeys): keys is JwkSet {
  return typeof keys === "object" && keys !== null && "keys" in keys && Array.isArray(keys.keys);
}

/** jose freezes the JWK that it is given. */
function isPlain(key: JwtKey): boolean {
  return typeof key === "object" && "kty" in key;
}
