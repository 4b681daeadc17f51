import type { HeaderList } from "../../headers/HeaderList.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import { BODY_FIELDS } from "../../headers/bodyFields.ts";
import type { AnswerHead, ReplyHead } from "./NodeShapes.ts";
import { setRefusalHeaders } from "./setHeaders.ts";

/** Sets the fields of a whole reply: those that were set before and tell of another body go, cookies stay beside its own. */
export function setReplyHeaders(head: ReplyHead, headers: HeaderList): void {
  if (head.headersSent) return;
  for (const name of BODY_FIELDS) if (head.getHeader(name) !== undefined) head.removeHeader(name);
  setRefusalHeaders(head, withCookies(head, headers));
}

function withCookies(head: AnswerHead, headers: HeaderList): HeaderList {
  const there = head.getHeader("set-cookie");
  if (there === undefined || !headers.some(([name]) => lowerCase(name) === "set-cookie")) return headers;
  const cookies = Array.isArray(there) ? there : [there];
  return [...cookies.map((cookie) => ["Set-Cookie", String(cookie)] as const), ...headers];
}
