import type { RequestInfo } from "../../identity/RequestInfo.ts";

/** Scheme and host that every parser ends at the same place. */
const PLAIN_ORIGIN = /^[a-z]+:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?(?=\/)/i;

/** What the guard needs of a request of the Fetch standard. */
export function fetchRequest(
  request: Request,
  remoteAddress: string | undefined,
  native: unknown = request,
): RequestInfo {
  return {
    method: request.method,
    // As servers of Node tell it, so that functions of the request are the same in every framework.
    target: request.url.replace(PLAIN_ORIGIN, ""),
    remoteAddress,
    // Servers make the headers when they are asked for.
    header: (name) => request.headers.get(name) ?? undefined,
    headerLines: (name) => (request.headers.has(name) ? 1 : 0),
    native,
  };
}
