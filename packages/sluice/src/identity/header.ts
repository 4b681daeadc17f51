import { credentials } from "./credentials.ts";
import type { Identify } from "./Identity.ts";
import { hashSecret } from "./hashSecret.ts";
import { headerName } from "./headerName.ts";
import { singleHeader } from "./singleHeader.ts";
import { source } from "./source.ts";

const SECRET = new Set(["authorization", "cookie", "proxy-authorization", "x-api-key"]);

/**
 * Who a header names: `header:x-tenant:acme`. An absent or blank header finds nobody. Only for a header that your
 * own proxy sets or that nobody gains by changing.
 *
 * The value goes to the store in clear: for secrets use {@link apiKey}. Only `authorization`, `proxy-authorization`,
 * `cookie` and `x-api-key` are hashed here too.
 * @param name the header, in any case
 * @throws ConfigurationError `INVALID_OPTION` for what is not a header's name
 * @throws IdentityError `INVALID_IDENTITY` per request, for several lines of that name
 */
export function header(name: string): Identify {
  const known = headerName("header", name);
  return source((request) => {
    const value = singleHeader(request, known);
    if (value === undefined) return undefined;
    return {
      key: `header:${known}:${SECRET.has(known) ? hashSecret(credentials(known, value)) : value}`,
      group: "default",
    };
  });
}
