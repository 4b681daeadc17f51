import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { rateLimit } from "sluice/hono";
import { byHand } from "../byHand.ts";
import { BODY, lastHop, LIMIT, ROUTE, SLUICE, WINDOW_MS } from "../setting.ts";
import type { Servers } from "./Servers.ts";

interface Env {
  Bindings: HttpBindings;
}

export const servers: Servers = {
  bare: () => behind(),
  "hono-rate-limiter": () =>
    behind(
      rateLimiter({ windowMs: WINDOW_MS, limit: LIMIT, standardHeaders: "draft-7", keyGenerator: keyOf }),
    ),
  "rate-limiter-flexible by hand": () =>
    behind(async (context, next) => {
      if (await byHand(keyOf(context), (name, value) => context.header(name, value))) return next();
      return context.body(null, 429);
    }),
  sluice: () => behind(rateLimit(SLUICE)),
};

function behind(...limiters: MiddlewareHandler<Env>[]): Server {
  const app = new Hono<Env>();
  for (const limiter of limiters) app.use(limiter);
  app.get(ROUTE, (context) => context.text(BODY));
  return createAdaptorServer({ fetch: app.fetch }) as Server;
}

/** As Hono's guide reads headers and tells the peer. */
function keyOf(context: Context<Env>): string {
  const forwarded = context.req.header("x-forwarded-for");
  return forwarded === undefined ? getConnInfo(context).remote.address! : lastHop(forwarded);
}
