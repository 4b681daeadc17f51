import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Reply } from "../guard/Reply.ts";
import { clientIp } from "../identity/clientIp.ts";
import { identify } from "../identity/identify.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { needsAddress } from "../identity/source.ts";

/** A handler of the Fetch standard; runtimes hand further arguments to it. */
export type FetchHandler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

export interface FetchOptions<Rest extends unknown[]> extends GuardOptions {
  /**
   * The address of the peer, which a Fetch request does not tell: `(request, server) => server.requestIP(request)?.address`
   * on Bun, `(request, info) => info.remoteAddr.hostname` on Deno. Needed by `clientIp()`, and so by default.
   */
  remoteAddress?: (request: Request, ...rest: Rest) => string | undefined;
}

/**
 * For handlers of the Fetch standard (Bun.serve, Deno.serve, Cloudflare Workers, Next.js route handlers):
 * `rateLimit({ limits: "100/m", identify: apiKey() })(handler)`.
 *
 * It counts every request that reaches the handler. Errors in identity, cost or store reject, as those of a handler do.
 *
 * @throws ConfigurationError, also if `clientIp()` is asked for without `remoteAddress`
 */
export function rateLimit<Rest extends unknown[]>({
  remoteAddress,
  ...options
}: FetchOptions<Rest>): (handler: FetchHandler<Rest>) => (request: Request, ...rest: Rest) => Promise<Response> {
  const { check } = guard(options);
  if (remoteAddress === undefined && needsAddress(identify(options.identify ?? clientIp()))) throw addressNeeded();
  return (handler) =>
    async (request, ...rest) => {
      const { reply, headers } = await check(fetchRequest(request, remoteAddress?.(request, ...rest)));
      if (reply !== undefined) return new Response(reply.body, { status: reply.status, headers: asPairs(reply.headers) });
      return withHeaders(await handler(request, ...rest), headers);
    };
}

function fetchRequest(request: Request, remoteAddress: string | undefined): RequestInfo {
  const { headers } = request;
  return {
    method: request.method,
    target: request.url,
    remoteAddress,
    header: (name) => headers.get(name) ?? undefined,
    headerLines: (name) => (headers.has(name) ? 1 : 0),
    native: request,
  };
}

/** Headers of a response that came from elsewhere cannot be changed, so it is copied then. */
function withHeaders(response: Response, headers: Reply["headers"]): Response {
  if (headers.length === 0 || response.status === 101) return response;
  try {
    for (const [name, value] of headers) response.headers.set(name, value);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    for (const [name, value] of headers) copy.headers.set(name, value);
    return copy;
  }
}

function asPairs(headers: Reply["headers"]): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

function addressNeeded(): ConfigurationError {
  return new ConfigurationError(
    "INVALID_OPTION",
    "rateLimit of sluice/fetch needs remoteAddress to identify by clientIp(): a Fetch request does not tell its peer",
    { path: "remoteAddress" },
  );
}
