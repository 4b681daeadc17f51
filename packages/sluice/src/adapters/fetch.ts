import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import { notAFunction } from "../guard/readGuardOptions.ts";
import type { Reply } from "../guard/Reply.ts";
import { clientIp } from "../identity/clientIp.ts";
import { identify } from "../identity/identify.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { needsAddress } from "../identity/source.ts";
import { addToResponse } from "./addToResponse.ts";

/** A handler of the Fetch standard; runtimes hand further arguments to it. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

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
}: FetchOptions<Rest>): (
  handler: FetchHandler<Rest>,
) => (request: Request, ...rest: Rest) => Promise<Response> {
  if (remoteAddress !== undefined && typeof remoteAddress !== "function") {
    throw notAFunction("remoteAddress", remoteAddress);
  }
  const { check, release } = guard(options);
  if (remoteAddress === undefined && needsAddress(identify(options.identify ?? clientIp())))
    throw addressNeeded();
  return (handler) =>
    async (request, ...rest) => {
      const { reply, headers, decided } = await check(
        fetchRequest(request, remoteAddress?.(request, ...rest)),
      );
      if (reply !== undefined) return asResponse(reply);
      try {
        return addToResponse(await handler(request, ...rest), headers, request);
      } finally {
        if (decided.length > 0) release(request);
      }
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

function asResponse({ status, headers, body }: Reply): Response {
  return new Response(body === "" ? null : body, {
    status,
    headers: headers.map(([name, value]) => [name, value]),
  });
}

function addressNeeded(): ConfigurationError {
  return new ConfigurationError(
    "INVALID_OPTION",
    "rateLimit of sluice/fetch needs remoteAddress to identify by clientIp(): a Fetch request does not tell its peer",
    { path: "remoteAddress" },
  );
}
