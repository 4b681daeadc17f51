import type { Reply } from "../../headers/Reply.ts";
import type { Exchange } from "../node/admit.ts";
import { checkFields } from "../node/checkFields.ts";
import type { AnswerHead, NodeRequest, NodeResponse } from "../node/NodeShapes.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import { sendReply } from "../node/sendReply.ts";
import { setRefusalHeaders } from "../node/setHeaders.ts";

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

/** A request of Fastify on its way: what the guard is asked, and how Fastify is told. */
export function fastifyExchange(request: FastifyRequest, reply: FastifyReply): Exchange {
  const head = new ReplyHead(reply);
  return {
    request: request.raw,
    target: request.originalUrl,
    native: request,
    response: reply.raw,
    head,
    refuse: (answer) => refuse(reply, head, answer),
  };
}

/** A class, since an object with a getter of its own has a hidden class of its own, which outlives the request. */
class ReplyHead implements AnswerHead {
  readonly #reply: FastifyReply;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  get headersSent(): boolean {
    return this.#reply.raw.headersSent;
  }

  getHeader(name: string): ReturnType<AnswerHead["getHeader"]> {
    return this.#reply.getHeader(name);
  }

  setHeader(name: string, value: string | string[]): void {
    this.#reply.header(lowerCase(name), value);
  }
}

/** Through the reply, so that hooks of the kind `onSend` see the answer. */
function refuse(reply: FastifyReply, head: AnswerHead, { status, headers, body }: Reply): void {
  if (head.headersSent) {
    reply.hijack();
    return sendReply(reply.raw, { status, headers, body });
  }
  // Fastify looks at fields when the status is told already.
  checkFields({ headers });
  setRefusalHeaders(head, headers);
  reply.code(status);
  // Fastify would add a charset, which application/problem+json does not have, to what it serializes itself.
  reply.serializer((payload) => payload);
  reply.send(body);
}
