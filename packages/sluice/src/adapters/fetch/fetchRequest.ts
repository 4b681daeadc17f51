import type { RequestInfo } from "../../identity/RequestInfo.ts";
import { PLAIN_ORIGIN } from "../../rules/paths/plainOrigin.ts";

/** What is left must be a target: it begins with a slash. */
const ORIGIN = new RegExp(`${PLAIN_ORIGIN.source}(?=/)`, "i");

/** What the guard needs of a request of the Fetch standard. */
export function fetchRequest(
  request: Request,
  remoteAddress: string | undefined,
  native: unknown = request,
): RequestInfo {
  return {
    method: request.method,
    // As servers of Node tell it, so that functions of the request are the same in every framework.
    target: request.url.replace(ORIGIN, ""),
    remoteAddress,
    // Servers make the headers when they are asked for.
    header: (name) => request.headers.get(name) ?? undefined,
    headerLines: (name) => (request.headers.has(name) ? 1 : 0),
    native,
  };
}
