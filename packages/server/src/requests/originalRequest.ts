import type { RequestInfo } from "sluice";
import type { Context } from "../serve/Context.ts";
import { BadRequestError } from "./BadRequestError.ts";

/** The request that is to be decided, and the status that tells whoever asks that it is refused. */
export interface Question {
  readonly request: RequestInfo;
  readonly refusal: 429 | 403;
}

/** How proxies tell of the request that they ask about. */
const FAMILIES = [
  // nginx auth_request, which takes only 2xx, 401 and 403 for an answer.
  { uri: "x-original-uri", method: "x-original-method", refusal: 403 },
  // Forward auth of Traefik and Caddy, which hand the answer on as it is.
  { uri: "x-forwarded-uri", method: "x-forwarded-method", refusal: 429 },
] as const;

/**
 * What is asked: the request itself, or from a trusted proxy the one that it describes.
 *
 * A proxy that sets the headers of one family hands on what its client sent in the other. Which of the two it set
 * cannot be told, so a request with both is refused.
 * @throws BadRequestError
 */
export function originalRequest({ trusts, log }: Context, received: RequestInfo): Question {
  const told = FAMILIES.filter(({ uri }) => isPresent(received, uri));
  const family = told[0];
  if (family === undefined) return { request: received, refusal: 429 };
  if (!trusts(received.remoteAddress)) {
    log.complainOnce("PROXY_UNTRUSTED", `${family.uri} was ignored: the peer is not in --trusted-proxies`);
    return { request: received, refusal: 429 };
  }
  if (told.length > 1)
    throw ambiguous(
      log,
      "x-original-uri and x-forwarded-uri are both there: the proxy must remove the one it does not set",
    );
  for (const name of [family.uri, family.method]) {
    if (received.headerLines(name) > 1) throw ambiguous(log, `there must be one ${name} line, not several`);
  }
  if (!isPresent(received, family.method)) {
    log.complainOnce(
      "METHOD_MISSING",
      `${family.uri} came without ${family.method}: rules see the method with which the proxy asks`,
    );
  }
  const method = received.header(family.method)?.trim() || received.method;
  return {
    request: { ...received, method, target: encodeBytes(received.header(family.uri)!) },
    refusal: family.refusal,
  };
}

function isPresent(request: RequestInfo, name: string): boolean {
  return (request.header(name)?.trim() ?? "") !== "";
}

/** A client may send raw bytes where a path has percent codes. nginx hands them on; in a header each is a character. */
function encodeBytes(target: string): string {
  return target.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

function ambiguous(log: Context["log"], sentence: string): BadRequestError {
  log.complainOnce("PROXY_AMBIGUOUS", `a request was refused: ${sentence}`);
  return new BadRequestError(sentence);
}
