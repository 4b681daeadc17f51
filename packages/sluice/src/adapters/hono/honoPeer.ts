/** What servers hand to Hono as `c.env`, as far as it tells of the peer. */
interface Env {
  /** Node: the incoming message. */
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  /** Deno: the second argument of a handler. */
  readonly remoteAddr?: { readonly hostname?: string };
  /** Bun: its server. */
  readonly requestIP?: (request: Request) => { readonly address: string } | null;
  /** Any of these may be wrapped, beside bindings of the application. */
  readonly server?: Env;
}

/** The peer that Node, Bun or Deno tell of. */
export interface Peer {
  /** Undefined on a Unix socket, or once the connection is gone. */
  readonly address: string | undefined;
}

/**
 * The peer of a request to Hono. Only servers write into `c.env`, no client does.
 * @returns undefined where the runtime does not tell, as on Workers
 */
export function honoPeer(env: unknown, request: Request): Peer | undefined {
  if (typeof env !== "object" || env === null) return undefined;
  const server = ((env as Env).server ?? env) as Env;
  if (server.incoming?.socket !== undefined) return { address: server.incoming.socket.remoteAddress };
  if (typeof server.requestIP === "function") return { address: server.requestIP(request)?.address };
  return server.remoteAddr === undefined ? undefined : { address: server.remoteAddr.hostname };
}
