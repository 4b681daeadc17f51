import type { NodeRequest } from "../node/NodeShapes.ts";
import { WsConnection } from "./WsConnection.ts";
import { type MessageOptions, readMessageOptions } from "./MessageOptions.ts";
import type { WsSocket } from "./WsShapes.ts";

/** Hands on the messages of a connection that are within the limits, in order. To be called when it begins. */
export type MessageLimiter = (
  socket: WsSocket,
  request: NodeRequest,
  onMessage: (data: any, isBinary: boolean) => unknown,
) => void;

/**
 * Limits what is sent over connections of `ws` 8, for each connection and for each client:
 *
 * ```ts
 * const limit = limitMessages({ perConnection: "20/s", perKey: "100/s" });
 * server.on("connection", (socket, request) => limit(socket, request, (data) => handle(data)));
 * ```
 *
 * It counts whole messages, not pings or frames. While a store is asked the socket is paused, so that what waits is no
 * more than one read. What the handler throws, or rejects with, goes to `onError` and closes the connection with 1011.
 *
 * @throws ConfigurationError
 */
export function limitMessages(options: MessageOptions): MessageLimiter {
  const settings = readMessageOptions(options);
  let last = 0;
  return (socket, request, onMessage) => {
    const connection = new WsConnection(settings, `${++last}`, socket, request, onMessage);
    connection.begin();
  };
}
