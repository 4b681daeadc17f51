import { honoServer } from "./honoServer.ts";

/** The peer that Node, Bun or Deno tell of. */
export interface Peer {
  /** Undefined on a Unix socket, or once the connection is gone. */
  readonly address: string | undefined;
}

/**
 * The peer of a request to Hono.
 * @returns undefined where the runtime does not tell, as on Workers
 */
export function honoPeer(env: unknown, request: Request): Peer | undefined {
  const server = honoServer(env);
  if (server?.incoming?.socket !== undefined) return { address: server.incoming.socket.remoteAddress };
  if (typeof server?.requestIP === "function") return { address: server.requestIP(request)?.address };
  return server?.remoteAddr === undefined ? undefined : { address: server.remoteAddr.hostname };
}
