import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../headers/Reply.ts";
import { admitThen } from "./node/admitThen.ts";
import type { NodeRequest, NodeResponse } from "./node/NodeShapes.ts";
import { sendReply } from "./node/sendReply.ts";

/** A request of Express 4 or 5, by shape. */
export interface ExpressRequest extends NodeRequest {
  /** The target as received, whatever router it went through. */
  readonly originalUrl?: string;
}

/** A middleware of Express 4 and 5, by shape. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Middleware for Express 4 and 5: `app.use(rateLimit({ limits: "100/m" }))`, on the app, a router or a route.
 *
 * It counts what reaches it: also 404s, preflights and HEAD, if it stands before their handlers. Paths of rules are
 * those of the whole application, wherever it is mounted. Errors go to `next`.
 *
 * @throws ConfigurationError
 */
export function rateLimit(options: GuardOptions): ExpressMiddleware {
  const limits = guard(options);
  return (request, response, next) => {
    const target = request.originalUrl ?? request.url ?? "/";
    const refuse = (reply: Reply): void => sendReply(response, reply);
    admitThen(limits, { request, target, response, refuse }, next);
  };
}
