import { credentials } from "./credentials.ts";
import type { Identify } from "./Identity.ts";
import { hashSecret } from "./hashSecret.ts";
import { headerName } from "./headerName.ts";
import { severalLines, singleHeader } from "./singleHeader.ts";
import { source } from "./source.ts";

/**
 * Who holds an API key: `apikey:` and 128 bits of its SHA-256, so the key itself reaches no store, log or header.
 * An absent or blank header finds nobody. The key is not verified: unless something before this does so, a client
 * that makes one up for each request is never limited, so put a limit by {@link clientIp} beside it.
 * @param name the header, in any case; `authorization` takes its whole value, the scheme in any case
 * @throws ConfigurationError `INVALID_OPTION` for what is not a header's name
 * @throws IdentityError `INVALID_IDENTITY` per request, for several lines or a comma, which joined lines leave
 */
export function apiKey(name = "x-api-key"): Identify {
  const header = headerName("apiKey", name);
  return source((request) => {
    const value = singleHeader(request, header);
    if (value === undefined) return undefined;
    if (value.includes(",")) throw severalLines(header);
    return { key: `apikey:${hashSecret(credentials(header, value))}`, group: "default" };
  });
}
