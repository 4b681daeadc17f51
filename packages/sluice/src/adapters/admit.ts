import type { Guard } from "../guard/guard.ts";
import type { Reply } from "../headers/Reply.ts";
import { ask } from "./ask.ts";
import type { AnswerHead, NodeRequest } from "./NodeShapes.ts";
import { nodeRequest } from "./nodeRequest.ts";
import { setHeaders } from "./sendNode.ts";

/** A request on its way through a framework that builds on Node's. */
export interface Exchange {
  readonly request: NodeRequest;
  /** The target as received; frameworks that cut a mount path keep it elsewhere. */
  readonly target: string;
  /** The framework's own request. Default: `request`. */
  readonly native?: unknown;
  /** Where the fields of a request that passes go. */
  readonly head: AnswerHead;
  /** Answers in place of the handler. */
  readonly refuse: (reply: Reply) => void;
}

/**
 * Asks the guard, and answers for it: adds its fields, or refuses.
 * @returns whether the request goes on to its handler
 */
export async function admit(guard: Guard, exchange: Exchange): Promise<boolean> {
  const { request, target, native = request, head, refuse } = exchange;
  if (hasLeft(request)) return false;
  const { reply, headers } = await ask(guard, nodeRequest(request, target, native));
  if (reply === undefined) setHeaders(head, headers);
  else refuse(reply);
  return reply === undefined;
}

/** A client that sent its request and reset the connection: nobody knows its address any more, nor waits for an answer. */
function hasLeft({ socket }: NodeRequest): boolean {
  return socket.remoteAddress === undefined && socket.destroyed === true;
}
