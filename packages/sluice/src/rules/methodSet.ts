import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { isToken } from "../units/isToken.ts";

const COMMON = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export interface MethodSet {
  /** The methods in their one spelling, which names the default pool: `GET`, `GET,POST`, or `*` for all. */
  readonly text: string;
  /** Whether a request with this method is meant. */
  readonly has: (method: string) => boolean;
}

/**
 * What the `method` of a rule matches: a method, several, or all for `"*"` and for none given. Case and order do not
 * matter, and GET includes HEAD. Only the method of the request line counts; `X-HTTP-Method-Override` is not read.
 * @example methodSet(["post", "GET"]).text === "GET,POST"
 * @throws ConfigurationError `INVALID_PATTERN` for an empty list and for what no method can be called
 */
export function methodSet(methods: string | readonly string[] | undefined): MethodSet {
  const given = typeof methods === "object" ? methods : [methods ?? "*"];
  if (!Array.isArray(given) || given.length === 0) throw invalidMethod(methods);
  const names = new Set(given.map(methodName));
  if (names.has("*")) return { text: "*", has: () => true };
  if (names.has("GET")) names.delete("HEAD");
  const text = [...names].toSorted().join(",");
  if (names.has("GET")) names.add("HEAD");
  return {
    text,
    has: (method) => names.has(method) || (!COMMON.has(method) && names.has(method.toUpperCase())),
  };
}

function methodName(method: unknown): string {
  if (isToken(method)) return method.toUpperCase();
  throw invalidMethod(method);
}

function invalidMethod(method: unknown): ConfigurationError {
  const words = typeof method === "string" ? method.toUpperCase().split(/[^A-Z]+/) : [];
  const known = words.filter((word) => COMMON.has(word));
  const nearest = known.length > 1 ? known : known[0];
  return new ConfigurationError(
    "INVALID_PATTERN",
    `a rule's method is an HTTP method such as "GET", a list of them, or "*" for all, not ${show(method)}` +
      (nearest === undefined ? "" : `; the nearest is ${JSON.stringify(nearest)}`),
    { value: method, nearest },
  );
}
