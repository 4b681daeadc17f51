import type { NodeRequest } from "./NodeShapes.ts";

/** A client that sent its request and reset the connection: nobody knows its address any more, nor waits for an answer. */
export function hasLeft({ socket }: NodeRequest): boolean {
  return socket.remoteAddress === undefined && socket.destroyed === true;
}
