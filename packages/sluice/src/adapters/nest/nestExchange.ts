import type { Exchange } from "../node/admit.ts";
import type { ExpressRequest } from "../express.ts";
import { fastifyExchange, type FastifyReply, type FastifyRequest } from "../fastify/fastifyExchange.ts";
import type { NodeResponse } from "../node/NodeShapes.ts";
import { sendReply } from "../node/sendReply.ts";

/** The context of a guard, or the host of a filter, by shape. */
export interface NestHost {
  getType(): string;
  switchToHttp(): { getRequest(): any; getResponse(): any };
}

/** A request of NestJS on its way, by the platform under it. */
export function nestExchange(host: NestHost): Exchange {
  const http = host.switchToHttp();
  const request: ExpressRequest | FastifyRequest = http.getRequest();
  if ("raw" in request) return fastifyExchange(request, http.getResponse() as FastifyReply);
  const response: NodeResponse = http.getResponse();
  const target = request.originalUrl ?? request.url ?? "/";
  return { request, target, response, refuse: (reply) => sendReply(response, reply) };
}
