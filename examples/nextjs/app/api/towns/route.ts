/** Next.js: a route handler with a limit of its own. */
import { rateLimit } from "sluice/fetch";

const limited = rateLimit({
  limits: "3/m",
  name: "towns",
  // Next.js does not tell the peer. Name the header that your proxy writes, and on which no client has a say.
  remoteAddress: (request: Request) => request.headers.get("x-real-ip") ?? undefined,
});

export const GET = limited(() => Response.json(["Ulm"]));
