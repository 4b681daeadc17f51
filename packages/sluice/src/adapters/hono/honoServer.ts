import type { Closing } from "../node/whenClosed.ts";

/** What servers hand to Hono as `c.env`. */
export interface HonoServer {
  /** Node: the incoming message. */
  readonly incoming?: { readonly socket?: Closing & { readonly remoteAddress?: string } };
  /** Node: what it answers with; undefined for an upgrade. */
  readonly outgoing?: unknown;
  /** Deno: the second argument of a handler. */
  readonly remoteAddr?: { readonly hostname?: string };
  /** Bun: its server. */
  readonly requestIP?: (request: Request) => { readonly address: string } | null;
  /** Any of these may be wrapped, beside bindings of the application. */
  readonly server?: HonoServer;
}

/** What a server tells Hono of itself: only servers write into `c.env`, no client does. Undefined where there is none. */
export function honoServer(env: unknown): HonoServer | undefined {
  if (typeof env !== "object" || env === null) return undefined;
  return (env as HonoServer).server ?? env;
}
