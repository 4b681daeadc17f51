import type { HonoContext } from "./HonoContext.ts";
import { honoServer } from "./honoServer.ts";

/**
 * On Node what a handler answers to an upgrade is not sent: it is a WebSocket until its connection is closed. Then there is nothing
 * to answer with in `c.env`.
 */
export function isUpgrade({ req, env }: HonoContext): boolean {
  const server = honoServer(env);
  return (
    server?.incoming !== undefined && server.outgoing === undefined && req.header("upgrade") !== undefined
  );
}
