/** Cloudflare Workers: a strict rule for what is expensive, a limit for the rest, by the client's address. */
import { rateLimit } from "sluice/fetch";

// What the runtime hands over: variables, secrets, databases.
interface Env {
  readonly GREETING: string;
}

// A store in memory counts for one isolate. Where that matters take one that all of them share: docs/cas.md.
const limited = rateLimit({
  rules: [
    { path: "/search", limits: "2/m" },
    { limits: "4/m", pool: "rest" },
  ],
  // Cloudflare writes this header, and no client can.
  remoteAddress: (request: Request) => request.headers.get("cf-connecting-ip") ?? undefined,
});

export default {
  fetch: limited((_request, env: Env) => new Response(env.GREETING)),
};
