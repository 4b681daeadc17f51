import { checkFunction } from "../errors/checkFunction.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Passage } from "../guard/Passage.ts";
import { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import { addToResponse } from "./fetch/addToResponse.ts";
import { addressNeeded } from "./fetch/addressNeeded.ts";
import { asRefusal } from "./fetch/asRefusal.ts";
import { ask } from "./ask.ts";
import { checkHandler } from "./checkHandler.ts";
import { asResponse } from "./fetch/asResponse.ts";
import { fetchRequest } from "./fetch/fetchRequest.ts";
import { statusOf } from "./fetch/statusOf.ts";
import { untilRead } from "./fetch/untilRead.ts";
import { whenGone } from "./fetch/whenGone.ts";

/** A handler of the Fetch standard; runtimes hand further arguments to it. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Stands before a handler, also before one that knows its request better, as on Next.js, or takes fewer or further arguments
 * than `remoteAddress` does.
 */
export type FetchLimit<Rest extends unknown[]> = <
  Req extends Request,
  All extends Rest | [...Rest, ...any[]] | Fewer<Rest> | never[],
>(
  handler: (request: Req, ...rest: All) => Response | Promise<Response>,
) => (request: Req, ...rest: Known<All, Rest>) => Promise<Response>;

/** Without the last arguments. What is not taken is `never`, not undefined, so that it says nothing of what is. */
type Fewer<Rest extends unknown[]> = Rest extends [...infer Most, any]
  ? [...Most, ...never[]] | Fewer<Most>
  : never;

/** What a handler says of its further arguments; what is known without it, where it takes fewer. */
type Known<All extends unknown[], Rest extends unknown[]> = 0 extends All["length"]
  ? Rest
  : [All] extends [[...Rest, ...any[]]]
    ? All
    : Rest;

/** The options of `rateLimit` for handlers of the Fetch standard. */
export interface FetchOptions<Rest extends unknown[]> extends GuardOptions {
  /**
   * The address of the peer, which a Fetch request does not tell: `(request, server) => server.requestIP(request)?.address`
   * on Bun, `(request, info) => info.remoteAddr.hostname` on Deno. Needed by `clientIp()`, and so by default.
   */
  remoteAddress?: ((request: Request, ...rest: Rest) => string | undefined) | undefined;
}

/**
 * For handlers of the Fetch standard (Bun.serve, Deno.serve, Cloudflare Workers, Next.js route handlers):
 * `rateLimit({ limits: "100/m", identify: apiKey() })(handler)`.
 *
 * It counts every request that reaches the handler. Errors in identity, cost or store reject, as those of a handler do;
 * only a RateLimitExceededError of the handler is answered with 429.
 *
 * @throws ConfigurationError, also if `clientIp()` is asked for without `remoteAddress`
 */
export function rateLimit<Rest extends unknown[]>({
  remoteAddress,
  ...options
}: FetchOptions<Rest>): FetchLimit<Rest> {
  checkFunction("rateLimit", "remoteAddress", remoteAddress);
  const limits = guard(options);
  if (remoteAddress === undefined && limits.needsAddress)
    throw addressNeeded("fetch", "a Fetch request does not tell its peer");
  // One request object may be sent several times at once.
  const later = { checkNow: limits.check };
  const limited = (handler: FetchHandler<Rest>) => {
    checkHandler("fetch", handler);
    return async (request: Request, ...rest: Rest): Promise<Response> => {
      let passage: Passage | undefined;
      try {
        passage = await ask(later, fetchRequest(request, remoteAddress?.(request, ...rest)));
        if (passage.reply !== undefined) return asRefusal(asResponse(passage.reply));
        return await answerOf(request, passage, () => handler(request, ...rest));
      } finally {
        // The same object may be sent again, also where it was refused or has failed.
        if (passage?.decided.length !== 0) limits.release(request);
      }
    };
  };
  // What a handler is asked with is what it gets.
  return limited as FetchLimit<Rest>;
}

/** What the handler answers, told of its limits; the passage is told how that ended. */
async function answerOf(
  request: Request,
  { headers, answered, ended }: Passage,
  handle: () => Response | Promise<Response>,
): Promise<Response> {
  const signal = answered && request.signal;
  let response: Response | undefined;
  try {
    if (ended !== undefined) whenGone(request, ended);
    response = addToResponse(await handled(handle), headers, request);
    return ended === undefined ? response : untilRead(response, request, ended);
  } catch (error) {
    await ended?.();
    throw error;
  } finally {
    await answered?.(statusOf(signal, response));
  }
}

async function handled(handle: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof RateLimitExceededError) return error.toResponse();
    throw error;
  }
}
