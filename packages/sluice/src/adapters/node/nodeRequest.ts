import type { RequestInfo } from "../../identity/RequestInfo.ts";
import type { NodeRequest } from "./NodeShapes.ts";

/**
 * What the guard needs of a request of node:http, and of frameworks that build on it.
 * @param target the target as received; frameworks that cut a mount path keep it elsewhere
 */
export function nodeRequest(request: NodeRequest, target: string, native: unknown = request): RequestInfo {
  return {
    method: request.method ?? "GET",
    target,
    remoteAddress: request.socket.remoteAddress,
    header(name) {
      const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
      return Array.isArray(value) ? value.join(", ") : value;
    },
    headerLines: (name) => countLines(request.rawHeaders, name),
    native,
  };
}

/** Names and values take turns in raw headers. The other forms drop repeated lines, or are not there in HTTP/2. */
function countLines(raw: readonly string[], name: string): number {
  let lines = 0;
  for (let i = 0; i < raw.length; i += 2) if (raw[i].toLowerCase() === name) lines++;
  return lines;
}
