import type { ServerResponse } from "node:http";

/** What the handler of a test answers, whatever the framework. */
export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<string>;
}

/** The handler of a test: may throw, reject, take its time and stream. */
export type Handler = (target: string) => Answered | Promise<Answered>;

export async function writeAnswer(
  response: ServerResponse,
  { status = 200, headers = {}, body = "" }: Answered,
): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (typeof body === "string") return void response.end(body);
  for await (const chunk of body) response.write(chunk);
  response.end();
}

export function toResponse({ status = 200, headers = {}, body = "" }: Answered): Response {
  if (typeof body === "string") return new Response(body === "" ? null : body, { status, headers });
  const stream = ReadableStream.from(body).pipeThrough(new TextEncoderStream());
  return new Response(stream, { status, headers });
}
