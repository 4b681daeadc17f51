import type { Reply } from "../../headers/Reply.ts";
import type { NodeResponse } from "./NodeShapes.ts";
import { setReplyHeaders } from "./setReplyHeaders.ts";

/** Sends a whole reply. Where the head of another has been sent, nothing more can be said, and the answer ends. */
export function sendReply(response: NodeResponse, { status, headers, body }: Reply): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.end();
    return;
  }
  setReplyHeaders(response, headers);
  response.statusCode = status;
  response.end(body);
}
