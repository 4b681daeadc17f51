import { createServer, type Server } from "node:http";
import Koa, { type Middleware } from "koa";
import koaRateLimit from "koa-ratelimit";
import { rateLimit } from "sluice/koa";
import { byHand } from "../byHand.ts";
import { BODY, clientOf, LIMIT, SLUICE, WINDOW_MS } from "../setting.ts";
import type { Servers } from "./Servers.ts";

export const servers: Servers = {
  bare: () => behind(),
  "koa-ratelimit": () =>
    behind(
      koaRateLimit({
        driver: "memory",
        db: new Map(),
        duration: WINDOW_MS,
        max: LIMIT,
        id: ({ req }) => clientOf(req),
      }),
    ),
  "rate-limiter-flexible by hand": () =>
    behind(async (context, next) => {
      if (await byHand(clientOf(context.req), (name, value) => context.set(name, value))) return next();
      context.status = 429;
    }),
  sluice: () => behind(rateLimit(SLUICE)),
};

/** Koa has no routes of its own. */
function behind(...limiters: Middleware[]): Server {
  const app = new Koa();
  for (const limiter of limiters) app.use(limiter);
  app.use((context) => {
    context.body = BODY;
  });
  const answer = app.callback();
  return createServer((request, response) => void answer(request, response));
}
