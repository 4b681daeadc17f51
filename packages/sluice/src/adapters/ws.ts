import type { IncomingMessage } from "node:http";
import { checkFunction } from "../errors/checkFunction.ts";
import { tell } from "../events/tell.ts";
import { errorReply } from "../guard/errorReply.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../headers/Reply.ts";
import { hasLeft } from "./node/hasLeft.ts";
import { ask } from "./ask.ts";
import { checkFields } from "./node/checkFields.ts";
import { nodeRequest } from "./node/nodeRequest.ts";
import { whenClosed } from "./node/whenClosed.ts";
import { wsFields } from "./ws/wsFields.ts";

export { limitMessages, type MessageLimiter } from "./ws/limitMessages.ts";
export type { MessageOptions, MessageRefusal } from "./ws/MessageOptions.ts";
export type { WsData, WsSocket } from "./ws/WsShapes.ts";

/** The option `verifyClient` of a WebSocketServer of `ws` 8, by shape. */
export type VerifyClient = (
  info: { readonly req: IncomingMessage },
  answer: (verified: boolean, code?: number, message?: string, headers?: Record<string, string>) => void,
) => void;

/** The options of `rateLimit` for handshakes. */
export interface HandshakeOptions extends GuardOptions {
  /** Told of errors in stores and in functions that were given. Default: they go to the console. */
  onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * Limits handshakes of `ws` 8: `new WebSocketServer({ server, verifyClient: rateLimit({ limits: "10/m" }) })`, with `server`,
 * `port` and `noServer` alike.
 *
 * It counts upgrades that `ws` finds in order; a limit on concurrency counts connections until they are closed. A refused
 * one is answered with 429, its fields and the problem, and the connection ends; one that passes is told nothing. An error
 * in identity, cost or store refuses with 500, 400 or 503. What is sent afterwards is another matter: {@link limitMessages}.
 *
 * @throws ConfigurationError
 */
export function rateLimit({ onError = console.error, ...options }: HandshakeOptions): VerifyClient {
  checkFunction("rateLimit", "onError", onError);
  const limits = guard(options);
  async function replyTo(request: IncomingMessage): Promise<Reply | undefined> {
    // There is nobody to answer; ws looks for itself.
    if (hasLeft(request)) return undefined;
    try {
      const { reply, answered, ended } = await ask(limits, nodeRequest(request, request.url ?? "/"));
      await answered?.(101);
      // Nobody else knows of the connection that a handshake becomes.
      if (ended !== undefined) whenClosed(request.socket, ended);
      // ws writes them as they are.
      if (reply !== undefined) checkFields(reply);
      return reply;
    } catch (error) {
      void tell("onError", onError, error);
      return errorReply(error);
    }
  }
  return ({ req }, answer) => void replyTo(req).then((reply) => tellWs(answer, reply));
}

function tellWs(answer: Parameters<VerifyClient>[1], reply: Reply | undefined): void {
  if (reply === undefined) return answer(true);
  answer(false, reply.status, reply.body, wsFields(reply.headers));
}
