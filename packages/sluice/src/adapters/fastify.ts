import { validateHeaderName, validateHeaderValue } from "node:http";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../headers/Reply.ts";
import { admitThen } from "./admitThen.ts";
import type { AnswerHead, NodeRequest, NodeResponse } from "./NodeShapes.ts";
import { sendReply, setHeaders } from "./sendNode.ts";

/** A request of Fastify 5, by shape. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
  /** The target as received, whatever `rewriteUrl` made of it. */
  readonly originalUrl: string;
}

/** Its reply, by shape. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  getHeader(name: string): number | string | string[] | undefined;
  header(name: string, value: string | string[]): unknown;
  code(status: number): unknown;
  serializer(write: (payload: string) => string): unknown;
  send(payload: string): unknown;
  hijack(): unknown;
}

/** A hook of the kind `onRequest`. */
export type FastifyHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** An instance of Fastify, by shape. */
export interface FastifyInstance {
  addHook(name: "onRequest", hook: FastifyHook): unknown;
}

/** A hook if it is given options, a plugin if it is registered. */
export interface FastifyRateLimit {
  (options: GuardOptions): FastifyHook;
  (instance: FastifyInstance, options: GuardOptions): Promise<void>;
}

/**
 * For Fastify 5, as a plugin: `await app.register(rateLimit, { limits: "100/m" })`, for the whole of the instance that
 * registers it; and as a hook of a route: `{ onRequest: rateLimit({ limits: "5/m" }) }`.
 *
 * The plugin counts what the instance is asked: also 404s, preflights and HEAD. What Fastify answers before its hooks is
 * not counted: 400 for a path that cannot be decoded, 414 for a parameter that is too long. Paths of rules are those of the
 * whole application. Errors go to the error handler.
 *
 * @throws ConfigurationError
 */
export const rateLimit: FastifyRateLimit = Object.assign(limitOrRegister, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "sluice",
});

function limitOrRegister(options: GuardOptions): FastifyHook;
function limitOrRegister(instance: FastifyInstance, options: GuardOptions): Promise<void>;
function limitOrRegister(
  ...args: [GuardOptions] | [FastifyInstance, GuardOptions]
): FastifyHook | Promise<void> {
  return args.length === 1 ? hook(args[0]) : register(...args);
}

async function register(instance: FastifyInstance, options: GuardOptions): Promise<void> {
  instance.addHook("onRequest", hook(options));
}

function hook(options: GuardOptions): FastifyHook {
  const limits = guard(options);
  return (request, reply, done) => {
    const head = headOf(reply);
    const exchange = {
      request: request.raw,
      target: request.originalUrl,
      native: request,
      response: reply.raw,
      head,
      refuse: (answer: Reply) => refuse(reply, head, answer),
    };
    void admitThen(limits, exchange, done);
  };
}

function headOf(reply: FastifyReply): AnswerHead {
  return {
    get headersSent() {
      return reply.raw.headersSent;
    },
    getHeader: (name) => reply.getHeader(name),
    setHeader: (name, value) => reply.header(name, value),
  };
}

/** Through the reply, so that hooks of the kind `onSend` see the answer. */
function refuse(reply: FastifyReply, head: AnswerHead, { status, headers, body }: Reply): void {
  if (head.headersSent) {
    reply.hijack();
    return sendReply(reply.raw, { status, headers, body });
  }
  // Fastify looks at fields when the status is told already.
  for (const [name, value] of headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  setHeaders(head, headers, true);
  reply.code(status);
  // Fastify would add a charset, which application/problem+json does not have, to what it serializes itself.
  reply.serializer((payload) => payload);
  reply.send(body);
}
