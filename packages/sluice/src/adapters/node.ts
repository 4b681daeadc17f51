import type { IncomingMessage, ServerResponse } from "node:http";
import { errorReply } from "../guard/errorReply.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import { nodeRequest } from "./nodeRequest.ts";
import { sendReply, setHeaders } from "./sendNode.ts";

export { nodeRequest } from "./nodeRequest.ts";
export { sendReply } from "./sendNode.ts";

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface NodeOptions extends GuardOptions {
  /** Told of errors in stores and in functions that were given. Default: they go to the console. */
  onError?: (error: unknown) => void;
}

/**
 * For node:http, node:https and the compatibility API of node:http2:
 * `createServer(rateLimit({ limits: "100/m" })(handler))`.
 *
 * It counts every request that reaches the handler. An error in identity, cost or store is answered with 500, or 400
 * where the request is at fault, and told to `onError`. What the handler throws is its own.
 *
 * @throws ConfigurationError
 */
export function rateLimit({ onError = console.error, ...options }: NodeOptions): (handler: NodeHandler) => NodeHandler {
  const { check } = guard(options);
  return (handler) => (request, response) =>
    check(nodeRequest(request, request.url ?? "/")).then(
      ({ reply, headers }) => {
        if (reply !== undefined) return sendReply(response, reply);
        setHeaders(response, headers);
        return handler(request, response);
      },
      (error: unknown) => {
        onError(error);
        sendReply(response, errorReply(error));
      },
    );
}
