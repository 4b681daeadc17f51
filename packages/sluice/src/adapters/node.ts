import type { IncomingMessage, ServerResponse } from "node:http";
import { checkFunction } from "../errors/checkFunction.ts";
import { errorReply } from "../guard/errorReply.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../headers/Reply.ts";
import { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import { isPromise } from "../units/isPromise.ts";
import { tell } from "../events/tell.ts";
import { checkHandler } from "./checkHandler.ts";
import { admit } from "./node/admit.ts";
import type { NodeRequest, NodeResponse } from "./node/NodeShapes.ts";
import { sendReply } from "./node/sendReply.ts";

export { nodeRequest } from "./node/nodeRequest.ts";
export type { AnswerHead, NodeRequest, NodeResponse, ReplyHead } from "./node/NodeShapes.ts";
export { sendReply } from "./node/sendReply.ts";
export { setHeaders } from "./node/setHeaders.ts";
export { watchAnswer } from "./node/watchAnswer.ts";

/** A handler of node:http. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Puts a guard before a handler. One of node:http2 is told by the types of its parameters. */
export interface LimitHandler {
  (handler: NodeHandler): NodeHandler;
  <Q extends NodeRequest, S extends NodeResponse>(
    handler: (request: Q, response: S) => unknown,
  ): (request: Q, response: S) => unknown;
}

/** The options of `rateLimit` for node:http. */
export interface NodeOptions extends GuardOptions {
  /** Told of errors in stores and in functions that were given. Default: they go to the console. */
  onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * For node:http, node:https and the compatibility API of node:http2:
 * `createServer(rateLimit({ limits: "100/m" })(handler))`.
 *
 * It counts every request that reaches the handler. An error in identity or cost is answered with 500, or 400
 * where the request is at fault, and told to `onError`. What the handler throws is its own, and the promise rejects with it;
 * only a RateLimitExceededError is answered with 429.
 *
 * @throws ConfigurationError
 */
export function rateLimit({ onError = console.error, ...options }: NodeOptions): LimitHandler {
  checkFunction("rateLimit", "onError", onError);
  const limits = guard(options);

  /** The request is answered, and ends here. */
  async function failed(response: NodeResponse, error: unknown): Promise<false> {
    sendReply(response, errorReply(error));
    await tell("onError", onError, error);
    return false;
  }

  function ask(request: NodeRequest, response: NodeResponse): boolean | Promise<boolean> {
    const refuse = (reply: Reply): void => sendReply(response, reply);
    const target = request.url ?? "/";
    try {
      const admitted = admit(limits, { request, target, response, refuse });
      return typeof admitted === "boolean"
        ? admitted
        : admitted.catch((error: unknown) => failed(response, error));
    } catch (error) {
      return failed(response, error);
    }
  }

  return <Q extends NodeRequest, S extends NodeResponse>(handler: (request: Q, response: S) => unknown) => {
    checkHandler("node", handler);
    return (request: Q, response: S): unknown => {
      const passes = ask(request, response);
      if (typeof passes !== "boolean") return answerLater(passes, handler, request, response);
      return passes ? answerWith(handler, request, response) : undefined;
    };
  };
}

async function answerLater<Q, S extends NodeResponse>(
  passes: Promise<boolean>,
  handler: (request: Q, response: S) => unknown,
  request: Q,
  response: S,
): Promise<unknown> {
  return (await passes) ? answerWith(handler, request, response) : undefined;
}

/** Without a promise where the handler answers without one. What it throws rejects. */
function answerWith<Q, S extends NodeResponse>(
  handler: (request: Q, response: S) => unknown,
  request: Q,
  response: S,
): unknown {
  let answer: unknown;
  try {
    answer = handler(request, response);
  } catch (error) {
    return answerError(response, error);
  }
  return isPromise(answer)
    ? Promise.resolve(answer).then(undefined, (error: unknown) => answerError(response, error))
    : answer;
}

async function answerError(response: NodeResponse, error: unknown): Promise<void> {
  if (!(error instanceof RateLimitExceededError)) throw error;
  sendReply(response, errorReply(error));
}
