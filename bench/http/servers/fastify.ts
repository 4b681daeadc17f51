import type { Server } from "node:http";
import fastifyRateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance } from "fastify";
import { rateLimit } from "sluice/fastify";
import { byHand } from "../byHand.ts";
import { BODY, LIMIT, PROXIES, ROUTE, SLUICE, WINDOW_MS } from "../setting.ts";
import type { Servers } from "./Servers.ts";

export const servers: Servers = {
  bare: () => behind(() => {}),
  "@fastify/rate-limit": () =>
    behind((app) =>
      app.register(fastifyRateLimit, { max: LIMIT, timeWindow: WINDOW_MS, enableDraftSpec: true }),
    ),
  "rate-limiter-flexible by hand": () =>
    behind((app) => {
      app.addHook("onRequest", async (request, reply) => {
        if (await byHand(request.ip, (name, value) => reply.header(name, value))) return;
        return reply.code(429).send();
      });
    }),
  sluice: () => behind((app) => app.register(rateLimit, SLUICE)),
};

async function behind(limit: (app: FastifyInstance) => unknown): Promise<Server> {
  const app = fastify({ trustProxy: PROXIES });
  await limit(app);
  app.get(ROUTE, (_, reply) => void reply.type("text/plain; charset=utf-8").send(BODY));
  await app.ready();
  return app.server;
}
