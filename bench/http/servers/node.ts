import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { rateLimit } from "sluice/node";
import { byHand } from "../byHand.ts";
import { BODY, clientOf, SLUICE } from "../setting.ts";
import type { Servers } from "./Servers.ts";

const handler: RequestListener = (_, response) => answer(response);

export const servers: Servers = {
  bare: () => createServer(handler),
  "rate-limiter-flexible by hand": () => createServer((request, response) => void limited(request, response)),
  sluice: () => createServer(rateLimit(SLUICE)(handler)),
};

function answer(response: ServerResponse): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Content-Length", BODY.length);
  response.end(BODY);
}

async function limited(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const passes = await byHand(clientOf(request), (name, value) => response.setHeader(name, value));
  if (!passes) response.statusCode = 429;
  answer(response);
}
