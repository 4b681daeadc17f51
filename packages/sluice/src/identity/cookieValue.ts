import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { IdentityError } from "../errors/IdentityError.ts";
import { show } from "../errors/show.ts";
import { isToken } from "../units/isToken.ts";
import type { RequestInfo } from "./RequestInfo.ts";

/** cookie-octet of RFC 6265, 4.1.1. */
const OCTETS = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * The value of a cookie, without quotes and percent-decoded, so that one value has one spelling; undefined if it is absent
 * or empty. Linear in the length of the header.
 * @throws IdentityError `INVALID_IDENTITY` for several cookies of that name, or characters that no cookie may hold
 */
export function cookieValue(request: RequestInfo, name: string): string | undefined {
  let found: string | undefined;
  for (const pair of (request.header("cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) throw refused(name);
    found = unquoted(pair.slice(equals + 1).trim());
  }
  if (found === undefined || found === "") return undefined;
  if (!OCTETS.test(found)) throw refused(name);
  return decoded(found);
}

/**
 * The name of a cookie, checked.
 * @param owner what asks, for the message: `cookie`
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function cookieName(owner: string, name: string): string {
  if (isToken(name)) return name;
  const message = `${owner} needs the name of a cookie, not ${show(name)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: name });
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function decoded(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function refused(name: string): IdentityError {
  const message = `the request must have one cookie ${name} with one well-formed value`;
  return new IdentityError("INVALID_IDENTITY", message, 400);
}
