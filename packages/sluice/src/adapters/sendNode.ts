import type { HeaderList } from "../headers/HeaderList.ts";
import type { Reply } from "../headers/Reply.ts";
import { joinFields } from "../headers/joinFields.ts";
import type { AnswerHead, NodeResponse } from "./NodeShapes.ts";

/** Adds fields to an answer that another will send. Does nothing once its head has been sent. */
export function setHeaders(head: AnswerHead, headers: Reply["headers"], isRefusal = false): void {
  if (head.headersSent) return;
  const read = (name: string) => head.getHeader(name)?.toString();
  for (const [name, ...lines] of linesByName(joinFields(headers, read, isRefusal)))
    head.setHeader(name, lines.length === 1 ? lines[0] : lines);
}

/** Lines of one name stand together: setting a field replaces it. */
function linesByName(fields: HeaderList): Iterable<readonly [name: string, ...lines: string[]]> {
  const byName = new Map<string, [name: string, ...lines: string[]]>();
  for (const [name, value] of fields) {
    const same = byName.get(name.toLowerCase());
    if (same === undefined) byName.set(name.toLowerCase(), [name, value]);
    else same.push(value);
  }
  return byName.size === fields.length ? fields : byName.values();
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
