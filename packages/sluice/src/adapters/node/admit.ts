import type { Guard } from "../../guard/guard.ts";
import type { Reply } from "../../headers/Reply.ts";
import type { Warning } from "../../events/Warning.ts";
import type { Passage } from "../../guard/Passage.ts";
import { isPromise } from "../../units/isPromise.ts";
import { ask } from "../ask.ts";
import { hasLeft } from "./hasLeft.ts";
import type { AnswerHead, NodeRequest, NodeResponse } from "./NodeShapes.ts";
import { nodeRequest } from "./nodeRequest.ts";
import { setHeaders } from "./setHeaders.ts";
import { watchAnswer } from "./watchAnswer.ts";

const HEADERS_SENT: Warning = {
  code: "HEADERS_SENT",
  message:
    "the head of an answer was sent before the guard was asked, so that the client is told nothing of its limits, and a " +
    "refusal only ends the answer; mount the guard before whatever answers",
};

/** A request on its way through a framework that builds on Node's. */
export interface Exchange {
  readonly request: NodeRequest;
  /** The target as received; frameworks that cut a mount path keep it elsewhere. */
  readonly target: string;
  /** The framework's own request. Default: `request`. */
  readonly native?: unknown;
  /** Node's own response, whose end tells how the request was answered. */
  readonly response: NodeResponse;
  /** Where the fields of a request that passes go. Default: `response`. */
  readonly head?: AnswerHead;
  /** Answers in place of the handler. */
  readonly refuse: (reply: Reply) => void;
}

/**
 * Asks the guard, and answers for it: adds its fields, or refuses.
 * @returns whether the request goes on to its handler
 */
export function admit(guard: Guard, exchange: Exchange): boolean | Promise<boolean> {
  const { request, target, native = request } = exchange;
  const asked = nodeRequest(request, target, native);
  if (asked.remoteAddress === undefined && hasLeft(request)) return false;
  const passage = ask(guard, asked);
  return "then" in passage && isPromise(passage)
    ? passage.then((passage) => answer(guard, exchange, passage))
    : answer(guard, exchange, passage);
}

function answer(guard: Guard, exchange: Exchange, passage: Passage): boolean {
  const { reply, headers } = passage;
  const { response, head = response, refuse } = exchange;
  watchAnswer(response, passage);
  if (head.headersSent && (reply !== undefined || headers.length > 0)) guard.warn(HEADERS_SENT);
  if (reply === undefined) setHeaders(head, headers);
  else refuse(reply);
  return reply === undefined;
}
