import { isIP } from "node:net";
import type { IncomingMessage } from "node:http";
import { isLoopback } from "./isLoopback.ts";

/**
 * Whether a request that came in over loopback was sent to this machine by its name or address. A page of the web that
 * lets its own name point here (DNS rebinding) sends that name, and is refused.
 */
export function isOwnHost({ socket, headers }: IncomingMessage): boolean {
  if (!isLoopback(socket.localAddress)) return true;
  const host = (headers.host ?? "localhost").replace(/:\d*$/, "").toLowerCase();
  return host === "localhost" || host.endsWith(".localhost") || isIP(host.replace(/^\[(.*)\]$/, "$1")) !== 0;
}
