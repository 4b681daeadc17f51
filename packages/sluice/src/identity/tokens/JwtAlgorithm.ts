import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";

const SHARED = ["HS256", "HS384", "HS512"] as const;
// oxfmt-ignore
const PUBLIC = [
  "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
] as const;

/** The algorithms of RFC 7518 and RFC 8037. The first kind takes a shared secret, the second a public key. */
export type JwtAlgorithm = (typeof SHARED)[number] | (typeof PUBLIC)[number];

/** An allow-list, all of one kind: no algorithm for secrets can meet a public key. */
export interface AllowedAlgorithms {
  readonly names: readonly JwtAlgorithm[];
  readonly takeSecret: boolean;
}

/** @throws ConfigurationError `INVALID_OPTION` for none, an unknown one, or both kinds */
export function readAlgorithms(algorithms: JwtAlgorithm | readonly JwtAlgorithm[]): AllowedAlgorithms {
  const names = (Array.isArray(algorithms) ? algorithms : [algorithms]) as readonly JwtAlgorithm[];
  const known: ReadonlySet<string> = new Set([...SHARED, ...PUBLIC]);
  const unknown = names.filter((name) => !known.has(name));
  if (names.length === 0 || unknown.length > 0) throw invalid(names.length === 0 ? algorithms : unknown[0]);
  const takeSecret = isOf(SHARED, names[0]);
  if (names.every((name) => isOf(SHARED, name) === takeSecret)) return { names: [...names], takeSecret };
  const message = `jwt algorithms ${names.join(", ")} take a secret and a public key; give each kind a jwt() of its own`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: algorithms, path: "algorithms" });
}

function isOf(kind: readonly string[], name: string): boolean {
  return kind.includes(name);
}

function invalid(value: unknown): ConfigurationError {
  const nearest = typeof value === "string" ? nearestWord(value, [...SHARED, ...PUBLIC]) : undefined;
  const message =
    `jwt algorithms must list what your tokens are signed by (${[...SHARED, ...PUBLIC].join(", ")}), not ${show(value)}` +
    (nearest === undefined ? "" : `; the nearest is ${show(nearest)}`);
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path: "algorithms" });
}
