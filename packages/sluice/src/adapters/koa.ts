import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../headers/Reply.ts";
import { admit } from "./node/admit.ts";
import type { NodeRequest, NodeResponse } from "./node/NodeShapes.ts";
import { sendReply } from "./node/sendReply.ts";
import { setReplyHeaders } from "./node/setReplyHeaders.ts";

/** A context of Koa, by shape. */
export interface KoaContext {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  /** The target as received, whatever it was rewritten to. */
  readonly originalUrl: string;
  status: number;
  body: unknown;
}

/** A middleware of Koa, by shape. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * Middleware for Koa: `app.use(rateLimit({ limits: "100/m" }))`, on the app, a router or a route of `@koa/router`.
 *
 * It counts what reaches it: on the app also 404s, preflights and HEAD, on a router only what one of its routes answers.
 * Paths of rules are those of the whole application, wherever it is mounted. Errors are thrown. `native` is the context.
 *
 * @throws ConfigurationError
 */
export function rateLimit(options: GuardOptions): KoaMiddleware {
  const limits = guard(options);
  return async (context, next) => {
    const admitted = admit(limits, {
      request: context.req,
      target: context.originalUrl,
      native: context,
      response: context.res,
      refuse: (reply) => refuse(context, reply),
    });
    if (typeof admitted === "boolean" ? admitted : await admitted) await next();
  };
}

/** Through the context, so that middleware around this one sees the answer. */
function refuse(context: KoaContext, reply: Reply): void {
  if (context.res.headersSent) return sendReply(context.res, reply);
  setReplyHeaders(context.res, reply.headers);
  context.status = reply.status;
  context.body = reply.body;
}
