import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { IdentityError } from "../../errors/IdentityError.ts";
import type { AllowedAlgorithms } from "./JwtAlgorithm.ts";
import type { JwtKeys } from "./JwtKeys.ts";
import { type Jose, keyFinder } from "./keyFinder.ts";

export interface TokenSettings {
  readonly keys: JwtKeys;
  readonly algorithms: AllowedAlgorithms;
  readonly issuer: string | readonly string[] | undefined;
  readonly audience: string | readonly string[] | undefined;
  /** In milliseconds. */
  readonly clockToleranceMs: number;
}

/** What a token says of its bearer, or why it is not believed: a code of jose. */
export type Verified = { readonly claims: Readonly<Record<string, unknown>> } | { readonly refused: string };

/**
 * Makes the verifier of tokens. jose is loaded with the first of them.
 * @throws ConfigurationError; per token, an IdentityError `KEYS_UNAVAILABLE`
 */
export function tokenVerifier(settings: TokenSettings): (token: string) => Promise<Verified> {
  const findKey = keyFinder(settings.keys, settings.algorithms.takeSecret);
  const options = {
    algorithms: [...settings.algorithms.names],
    clockTolerance: settings.clockToleranceMs / 1000,
    ...(settings.issuer !== undefined && { issuer: [settings.issuer].flat() }),
    ...(settings.audience !== undefined && { audience: [settings.audience].flat() }),
  };
  const prepare = async () => {
    const jose = await loadJose();
    return { jose, getKey: findKey(jose) };
  };
  let prepared: ReturnType<typeof prepare> | undefined;
  return async (token) => {
    const { jose, getKey } = await (prepared ??= prepare());
    const verify = async (key: Parameters<Jose["jwtVerify"]>[1]): Promise<Verified> => ({
      claims: (await jose.jwtVerify(token, key, options)).payload,
    });
    try {
      return await verify(getKey).catch((error: unknown) => tryEach(error, verify));
    } catch (error) {
      if (error instanceof IdentityError) throw error;
      return { refused: codeOf(error) };
    }
  };
}

/** A token without a `kid` fits several keys of a set while these are rotated. */
async function tryEach(
  error: unknown,
  verify: (key: Parameters<Jose["jwtVerify"]>[1]) => Promise<Verified>,
): Promise<Verified> {
  if (codeOf(error) !== "ERR_JWKS_MULTIPLE_MATCHING_KEYS") throw error;
  for await (const key of error as AsyncIterable<Parameters<Jose["jwtVerify"]>[1]>) {
    try {
      return await verify(key);
    } catch (each) {
      if (codeOf(each) !== "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") throw each;
    }
  }
  return { refused: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" };
}

/** An error without a code comes of a key that does not fit the token's algorithm. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "KEY_DOES_NOT_FIT";
}

async function loadJose(): Promise<Jose> {
  try {
    return await import("jose");
  } catch (cause) {
    const message = "sluice/jwt verifies tokens by jose, which is not installed: npm install jose";
    throw Object.assign(new ConfigurationError("INVALID_OPTION", message), { cause });
  }
}
