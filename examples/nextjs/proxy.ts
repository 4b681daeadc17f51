/** Next.js 16: a limit before all that `matcher` names. Before Next.js 16 the file is `middleware.ts`, the export `middleware`. */
import { rateLimit } from "sluice/fetch";

const limited = rateLimit({
  rules: [
    { path: "/api/login", method: "POST", limits: "2/m", blockFor: "10m", blockScope: "rule" },
    { limits: "5/m" },
  ],
  remoteAddress: (request: Request) => request.headers.get("x-real-ip") ?? undefined,
});

// `NextResponse.next()` of "next/server", written out: the request goes on to its route.
const next = () => new Response(null, { headers: { "x-middleware-next": "1" } });

export const proxy = limited(next);
export const config = { matcher: "/api/:path*" };
