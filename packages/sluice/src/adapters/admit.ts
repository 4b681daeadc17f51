import type { Guard } from "../guard/guard.ts";
import type { NodeRequest, NodeResponse } from "./NodeShapes.ts";
import { nodeRequest } from "./nodeRequest.ts";
import { sendReply, setHeaders } from "./sendNode.ts";

/**
 * Asks the guard, and answers for it: adds its fields, or refuses.
 * @returns whether the request goes on to its handler
 */
export async function admit(
  { check }: Guard,
  request: NodeRequest,
  target: string,
  response: NodeResponse,
): Promise<boolean> {
  if (hasLeft(request)) return false;
  const { reply, headers } = await check(nodeRequest(request, target));
  if (reply === undefined) setHeaders(response, headers);
  else sendReply(response, reply);
  return reply === undefined;
}

/** A client that sent its request and reset the connection: nobody knows its address any more, nor waits for an answer. */
function hasLeft({ socket }: NodeRequest): boolean {
  return socket.remoteAddress === undefined && socket.destroyed === true;
}
