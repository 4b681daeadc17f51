import type { IncomingMessage } from "node:http";
import { clientIp } from "sluice";

/** More than a run takes, so that all is admitted. */
export const LIMIT = 1_999_993;
export const WINDOW_MS = 3_600_000;
/** The way that is asked for; every framework routes it by a pattern. */
export const ROUTE = "/api/users/:id";
export const BODY = "Hello, world\n";
/** Clients come through a proxy on this machine, which says who they are. */
export const PROXIES = "loopback";

/** What every adapter of Sluice is given. `draft-11` is the default of its headers. */
export const SLUICE = {
  identify: clientIp({ trustedProxies: ["127.0.0.0/8"] }),
  rules: [
    { path: "/login", method: "POST", limits: "5/m" },
    { path: "/api/**", limits: `${LIMIT}/h` },
  ],
} as const;

/** Who asks, read as somebody would by hand who counts behind one proxy. */
export function clientOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers["x-forwarded-for"] as string | undefined;
  return forwarded === undefined ? socket.remoteAddress! : lastHop(forwarded);
}

export function lastHop(forwarded: string): string {
  return forwarded.slice(forwarded.lastIndexOf(",") + 1).trim();
}
