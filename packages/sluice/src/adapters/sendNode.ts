import type { Reply } from "../headers/Reply.ts";
import { joinFields } from "../headers/joinFields.ts";
import type { AnswerHead, NodeResponse } from "./NodeShapes.ts";

/** Adds fields to an answer that another will send. Does nothing once its head has been sent. */
export function setHeaders(head: AnswerHead, headers: Reply["headers"], isRefusal = false): void {
  if (head.headersSent) return;
  const read = (name: string) => head.getHeader(name)?.toString();
  const values = new Map<string, [name: string, ...values: string[]]>();
  for (const [name, value] of joinFields(headers, read, isRefusal)) {
    const same = values.get(name.toLowerCase());
    if (same === undefined) values.set(name.toLowerCase(), [name, value]);
    else same.push(value);
  }
  for (const [name, ...lines] of values.values()) head.setHeader(name, lines.length === 1 ? lines[0] : lines);
}

/** Sends a whole reply. Where the head of another has been sent, nothing more can be said, and the answer ends. */
export function sendReply(response: NodeResponse, { status, headers, body }: Reply): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.end();
    return;
  }
  setHeaders(response, headers, true);
  response.statusCode = status;
  response.end(body);
}
