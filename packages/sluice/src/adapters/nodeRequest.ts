import type { IncomingMessage } from "node:http";
import type { RequestInfo } from "../identity/RequestInfo.ts";

/**
 * What the guard needs of a request of node:http, and of frameworks that build on it.
 * @param target the target as received; frameworks that cut a mount path keep it elsewhere
 */
export function nodeRequest(request: IncomingMessage, target: string, native: unknown = request): RequestInfo {
  return {
    method: request.method ?? "GET",
    target,
    remoteAddress: request.socket.remoteAddress,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    headerLines: (name) => request.headersDistinct[name]?.length ?? 0,
    native,
  };
}
