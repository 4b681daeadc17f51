import type { Reply } from "../../headers/Reply.ts";
import { type FastifyRoute, fastifyTarget } from "./fastifyTarget.ts";
import type { Exchange } from "../node/admit.ts";
import { checkFields } from "../node/checkFields.ts";
import type { NodeRequest, NodeResponse, ReplyHead } from "../node/NodeShapes.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import { sendReply } from "../node/sendReply.ts";
import { setReplyHeaders } from "../node/setReplyHeaders.ts";

/** A request of Fastify 5, by shape. */
export interface FastifyRequest extends FastifyRoute {
  readonly raw: NodeRequest;
}

/** Its reply, by shape. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  getHeader(name: string): number | string | string[] | undefined;
  header(name: string, value: string | string[]): unknown;
  removeHeader(name: string): unknown;
  code(status: number): unknown;
  serializer(write: (payload: string) => string): unknown;
  send(payload: string): unknown;
  hijack(): unknown;
}

/** A request of Fastify on its way: what the guard is asked, and how Fastify is told. */
export function fastifyExchange(request: FastifyRequest, reply: FastifyReply): Exchange {
  const head = new FastifyHead(reply);
  return {
    request: request.raw,
    target: fastifyTarget(request),
    native: request,
    response: reply.raw,
    head,
    refuse: (answer) => refuse(reply, head, answer),
  };
}

/** A class, since an object with a getter of its own has a hidden class of its own, which outlives the request. */
class FastifyHead implements ReplyHead {
  readonly #reply: FastifyReply;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  get headersSent(): boolean {
    return this.#reply.raw.headersSent;
  }

  getHeader(name: string): ReturnType<ReplyHead["getHeader"]> {
    return this.#reply.getHeader(name);
  }

  setHeader(name: string, value: string | string[]): void {
    const field = lowerCase(name);
    // Fastify would add cookies to those that are there.
    if (field === "set-cookie") this.#reply.removeHeader(field);
    this.#reply.header(field, value);
  }

  removeHeader(name: string): void {
    this.#reply.removeHeader(name);
    this.#reply.raw.removeHeader(name);
  }
}

/** Through the reply, so that hooks of the kind `onSend` see the answer. */
function refuse(reply: FastifyReply, head: ReplyHead, { status, headers, body }: Reply): void {
  if (head.headersSent) {
    reply.hijack();
    return sendReply(reply.raw, { status, headers, body });
  }
  // Fastify looks at fields when the status is told already.
  checkFields({ headers });
  setReplyHeaders(head, headers);
  reply.code(status);
  // Fastify would add a charset, which application/problem+json does not have, to what it serializes itself.
  reply.serializer((payload) => payload);
  reply.send(body);
}
