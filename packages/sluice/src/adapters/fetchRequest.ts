import type { RequestInfo } from "../identity/RequestInfo.ts";

/** What the guard needs of a request of the Fetch standard. */
export function fetchRequest(
  request: Request,
  remoteAddress: string | undefined,
  native: unknown = request,
): RequestInfo {
  const { headers } = request;
  return {
    method: request.method,
    target: request.url,
    remoteAddress,
    header: (name) => headers.get(name) ?? undefined,
    headerLines: (name) => (headers.has(name) ? 1 : 0),
    native,
  };
}
