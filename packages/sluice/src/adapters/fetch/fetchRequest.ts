import type { RequestInfo } from "../../identity/RequestInfo.ts";

/** What the guard needs of a request of the Fetch standard. */
export function fetchRequest(
  request: Request,
  remoteAddress: string | undefined,
  native: unknown = request,
): RequestInfo {
  return {
    method: request.method,
    target: request.url,
    remoteAddress,
    // Servers make the headers when they are asked for.
    header: (name) => request.headers.get(name) ?? undefined,
    headerLines: (name) => (request.headers.has(name) ? 1 : 0),
    native,
  };
}
