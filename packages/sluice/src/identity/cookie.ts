import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { cookieName, cookieValue } from "./cookieValue.ts";
import { detach } from "./detach.ts";
import { hashSecret } from "./hashSecret.ts";
import type { Identify } from "./Identity.ts";
import { source } from "./source.ts";

/** The options of `cookie`. */
export interface CookieOptions {
  /** Whether the value is a secret, as that of a session is: then only 128 bits of its SHA-256 are kept. Default true. */
  secret?: boolean | undefined;
}

/**
 * Who sends a cookie: `cookie:<name>:` and 128 bits of the SHA-256 of its value. An absent or empty cookie finds nobody.
 *
 * The value is not verified: a client that makes one up for each request is never limited, so put a limit by
 * {@link clientIp} beside it, or take {@link session}, which reads what was verified.
 * @param name in the case in which it is set
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 * @throws IdentityError `INVALID_IDENTITY` per request, for several cookies of that name or a malformed value
 */
export function cookie(name: string, options: CookieOptions = {}): Identify {
  const known = cookieName("cookie", name);
  checkOptions("cookie", options, ["secret"]);
  const { secret = true } = options;
  if (typeof secret === "string") throw noSwitch();
  checkSwitch("cookie", "secret", secret, true);
  return source((request) => {
    const value = cookieValue(request, known);
    if (value === undefined || value.trim() === "") return undefined;
    return { key: `cookie:${known}:${secret ? hashSecret(value) : detach(value)}`, group: "default" };
  });
}

/** It may be what cookies are signed with. */
function noSwitch(): ConfigurationError {
  const message =
    "cookie secret must be true or false, not a text: it says whether the value of the cookie is a secret";
  return new ConfigurationError("INVALID_OPTION", message, { nearest: true, path: "secret" });
}
