import type { ServerResponse } from "node:http";
import type { Reply } from "../guard/Reply.ts";

/** Adds fields to an answer that another will send. Does nothing once its head has been sent. */
export function setHeaders(response: ServerResponse, headers: Reply["headers"]): void {
  if (response.headersSent) return;
  for (const [name, value] of headers) response.setHeader(name, value);
}

/** Sends a whole reply, unless the head of another has been sent. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.headersSent) return;
  setHeaders(response, headers);
  response.statusCode = status;
  response.end(body);
}
