import type { IncomingMessage, ServerResponse } from "node:http";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import { nodeRequest } from "./nodeRequest.ts";
import { sendReply, setHeaders } from "./sendNode.ts";

/** A request of Express 4 or 5, by shape. */
export interface ExpressRequest extends IncomingMessage {
  /** The target as received, whatever router it went through. */
  originalUrl: string;
}

export type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Middleware for Express 4 and 5: `app.use(rateLimit({ limits: "100/m" }))`, on the app, a router or a route.
 *
 * It counts what reaches it: also 404s, preflights and HEAD, if it stands before their handlers. Paths of rules are
 * those of the whole application, wherever it is mounted. Errors go to `next`.
 *
 * @throws ConfigurationError
 */
export function rateLimit(options: GuardOptions): ExpressMiddleware {
  const { check } = guard(options);
  return (request, response, next) => {
    check(nodeRequest(request, request.originalUrl)).then(({ reply, headers }) => {
      if (reply !== undefined) return sendReply(response, reply);
      setHeaders(response, headers);
      return next();
    }, next);
  };
}
