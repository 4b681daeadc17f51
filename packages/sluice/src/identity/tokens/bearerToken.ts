import type { RequestInfo } from "../RequestInfo.ts";
import { severalLines, singleHeader } from "../singleHeader.ts";

/** Three parts in base64url, the last of which may be empty: what RFC 7515 calls the compact serialization. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Makes the reader of a token in a header: `Bearer <token>`, or in other headers than `authorization` also the token
 * alone. Another scheme or another kind of token is nobody's.
 * @throws IdentityError `INVALID_IDENTITY` per request, for several lines or several tokens in one
 */
export function bearerToken(header: string): (request: RequestInfo) => string | undefined {
  const needsScheme = header === "authorization" || header === "proxy-authorization";
  return (request) => {
    const value = singleHeader(request, header);
    if (value === undefined) return undefined;
    const [, scheme] = /^(bearer)(?: |,|$)/i.exec(value) ?? [];
    if (scheme === undefined && needsScheme) return undefined;
    if (value.includes(",")) throw severalLines(header);
    const token = value.slice(scheme?.length ?? 0).trim();
    return COMPACT.test(token) ? token : undefined;
  };
}
