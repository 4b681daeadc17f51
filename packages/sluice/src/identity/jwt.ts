import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import type { Warn } from "../events/Warning.ts";
import { type Duration, durationMs } from "../units/duration.ts";
import { bearerToken } from "./tokens/bearerToken.ts";
import { cookieName, cookieValue } from "./cookieValue.ts";
import { headerName } from "./headerName.ts";
import type { Identify, Identity } from "./Identity.ts";
import { joinKeys } from "./joinKeys.ts";
import { type JwtAlgorithm, readAlgorithms } from "./tokens/JwtAlgorithm.ts";
import type { JwtKeys } from "./tokens/JwtKeys.ts";
import type { RequestInfo } from "./RequestInfo.ts";
import { source } from "./source.ts";
import { tokenVerifier } from "./tokens/tokenVerifier.ts";

export type { JwtAlgorithm } from "./tokens/JwtAlgorithm.ts";
export type * from "./tokens/JwtKeys.ts";

/** The options of `jwt`. */
export interface JwtOptions {
  /**
   * What verifies tokens. For HS256 and its kin a secret: text, bytes, a KeyObject or CryptoKey, a JWK. For the others a
   * public key: PEM, a KeyObject or CryptoKey, a JWK, a set of JWKs, or the `https:` URL of a set, which is fetched within 2 s
   * and kept for 10 minutes. Or a function of the token's header; undefined says that there is no such key.
   */
  key: JwtKeys;
  /** The only algorithms that are believed, all of one kind: for secrets, or for public keys. */
  algorithms: JwtAlgorithm | readonly JwtAlgorithm[];
  /** Whose tokens are believed. Default: of anybody who has the key. */
  issuer?: string | readonly string[] | undefined;
  /** For whom a token must be. Default: for anybody. */
  audience?: string | readonly string[] | undefined;
  /** How far the clock of the issuer may be off. Default: not at all. */
  clockTolerance?: Duration | undefined;
  /** Where the token stands. `"authorization"` (default) holds `Bearer <token>`; other headers may hold it alone. */
  header?: string | undefined;
  /** The cookie where the token stands, in place of a header. */
  cookie?: string | undefined;
  /** The claim that names the account: text or a whole number. Default `"sub"`. */
  claim?: string | undefined;
  /** The claim that names its plan or role. Default `"group"`; `"default"` where a token has none, or no text. */
  groupClaim?: string | undefined;
}

// oxfmt-ignore
const OPTIONS = [
  "key", "algorithms", "issuer", "audience", "clockTolerance", "header", "cookie", "claim", "groupClaim",
];

/** Longer ones are not verified, in characters. Servers take about 16,000 for all headers. */
const LONGEST_TOKEN = 8_192;

/**
 * Who a JSON Web Token names, after jose has verified it: `jwt:<issuer>|<subject>`, so one subject of two issuers is two.
 *
 * A token that is expired, forged, of another algorithm or malformed finds nobody, so the next source decides; all but
 * expiry warn `JWT_REFUSED`. If keys cannot be had, `KEYS_UNAVAILABLE` is thrown: nobody may pass for a stranger because a
 * server is down.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`, `INVALID_DURATION`
 * @throws IdentityError per request: `KEYS_UNAVAILABLE`; `INVALID_IDENTITY` for several tokens
 */
export function jwt(options: JwtOptions): Identify {
  if (typeof options === "string") throw noOptions();
  checkOptions("jwt", options, OPTIONS);
  const { key, algorithms, clockTolerance } = options;
  const readToken = tokenReader(options);
  const claim = readName("claim", options.claim ?? "sub");
  const groupClaim = readName("groupClaim", options.groupClaim ?? "group");
  const verify = tokenVerifier({
    keys: key,
    algorithms: readAlgorithms(algorithms),
    issuer: readNames("issuer", options.issuer),
    audience: readNames("audience", options.audience),
    clockToleranceMs: clockTolerance === undefined ? 0 : durationMs("jwt clockTolerance", clockTolerance),
  });
  return source((request, warn) => {
    const token = readToken(request);
    if (token === undefined || isTooLong(token, warn)) return undefined;
    return verify(token).then((verified) => {
      if ("claims" in verified) return identityOf(verified.claims, claim, groupClaim);
      if (verified.refused !== "ERR_JWT_EXPIRED") warn(refused(verified.refused));
      return undefined;
    });
  });
}

/** It may be the secret. */
function noOptions(): ConfigurationError {
  const message = `jwt takes an object of options such as { key, algorithms: "HS256" }, not a text; they are ${OPTIONS.join(", ")}`;
  return new ConfigurationError("INVALID_OPTION", message);
}

function identityOf(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  groupClaim: string,
): Identity | undefined {
  const id = textOf(claims, claim);
  if (id === undefined) return undefined;
  return { key: `jwt:${joinKeys([textOf(claims, "iss") ?? "", id])}`, group: groupOf(claims, groupClaim) };
}

/** Own claims only: no token has a claim `constructor` that it does not state. */
function textOf(claims: Readonly<Record<string, unknown>>, claim: string): string | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function groupOf(claims: Readonly<Record<string, unknown>>, claim: string): string {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value : "default";
}

function tokenReader({ header, cookie }: JwtOptions): (request: RequestInfo) => string | undefined {
  if (cookie === undefined) return bearerToken(headerName("jwt header", header ?? "authorization"));
  if (header !== undefined) throw invalidOption("jwt", "cookie", cookie, "left out where header is given");
  const name = cookieName("jwt cookie", cookie);
  return (request) => cookieValue(request, name);
}

function isTooLong({ length }: string, warn: Warn): boolean {
  if (length <= LONGEST_TOKEN) return false;
  const message = `a token of ${length} characters was not verified: ${LONGEST_TOKEN} is the most`;
  warn({ code: "JWT_TOO_LONG", message });
  return true;
}

function refused(code: string): { code: string; message: string } {
  return { code: "JWT_REFUSED", message: `a token was not believed: ${code}` };
}

function readName(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidOption("jwt", option, value, "the name of a claim");
}

function readNames(
  option: string,
  value: string | readonly string[] | undefined,
): string | readonly string[] | undefined {
  const names: readonly unknown[] = value === undefined ? [] : [value].flat();
  const isGiven = value === undefined || names.length > 0;
  if (isGiven && names.every((name) => typeof name === "string" && name !== "")) return value;
  throw invalidOption("jwt", option, value, "a text or a list of texts");
}
