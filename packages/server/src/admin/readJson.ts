import type { IncomingMessage } from "node:http";
import { BadRequestError } from "../requests/BadRequestError.ts";

const LARGEST_BYTES = 65_536;

/**
 * The JSON body of a request. That it must say so keeps web pages from sending one: a browser asks first, and gets no.
 * @throws BadRequestError
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new BadRequestError("the Content-Type must be application/json", 415);
  }
  const bytes = await readBytes(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new BadRequestError("the body is not JSON in UTF-8");
  }
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A stream that is destroyed here would take its socket along, and the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > LARGEST_BYTES) throw tooLong(request);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The rest is thrown away as it comes: a client that is cut off while it sends would not see the answer. */
function tooLong(request: IncomingMessage): BadRequestError {
  request.resume();
  return new BadRequestError(`the body is over ${LARGEST_BYTES} bytes`, 413);
}
