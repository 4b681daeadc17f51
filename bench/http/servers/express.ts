import { createServer, type Server } from "node:http";
import express, { type RequestHandler } from "express";
import expressRateLimit from "express-rate-limit";
import { rateLimit } from "sluice/express";
import { byHand } from "../byHand.ts";
import { BODY, LIMIT, PROXIES, ROUTE, SLUICE, WINDOW_MS } from "../setting.ts";
import type { Servers } from "./Servers.ts";

export const servers: Servers = {
  bare: () => behind(),
  "express-rate-limit": () =>
    behind(
      expressRateLimit({
        windowMs: WINDOW_MS,
        limit: LIMIT,
        standardHeaders: "draft-8",
        legacyHeaders: false,
      }),
    ),
  "rate-limiter-flexible by hand": () =>
    behind(async (request, response, next) => {
      if (await byHand(request.ip!, (name, value) => response.setHeader(name, value))) next();
      else response.status(429).end();
    }),
  sluice: () => behind(rateLimit(SLUICE)),
};

function behind(...limiters: RequestHandler[]): Server {
  const app = express();
  app.set("trust proxy", PROXIES);
  for (const limiter of limiters) app.use(limiter);
  app.get(ROUTE, (_, response) => void response.type("text").send(BODY));
  return createServer(app);
}
