import type { Answered } from "sluice/testing";

export function toResponse({ status = 200, headers = {}, body = "" }: Answered): Response {
  if (typeof body === "string") return new Response(body === "" ? null : body, { status, headers });
  const stream = ReadableStream.from(body).pipeThrough(new TextEncoderStream());
  return new Response(stream, { status, headers });
}
