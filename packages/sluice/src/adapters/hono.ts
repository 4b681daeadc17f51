import { checkFunction } from "../errors/checkFunction.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import type { Passage } from "../guard/Passage.ts";
import type { HeaderList } from "../headers/HeaderList.ts";
import type { Reply } from "../headers/Reply.ts";
import { addressNeeded } from "./fetch/addressNeeded.ts";
import { addToResponse } from "./fetch/addToResponse.ts";
import { asRefusal } from "./fetch/asRefusal.ts";
import { ask } from "./ask.ts";
import { fetchRequest } from "./fetch/fetchRequest.ts";
import { answerable } from "./hono/answerable.ts";
import { endedOrGone } from "./hono/endedOrGone.ts";
import type { HonoContext } from "./hono/HonoContext.ts";
import { honoPeer } from "./hono/honoPeer.ts";
import { isUpgrade } from "./hono/isUpgrade.ts";
import { setRefusalFields } from "./hono/setRefusalFields.ts";
import { watchClient } from "./hono/watchClient.ts";
import { untilRead } from "./fetch/untilRead.ts";

export type { HonoContext } from "./hono/HonoContext.ts";

/** A middleware of Hono 4, by shape. */
export type HonoMiddleware<C extends HonoContext> = (
  context: C,
  next: () => Promise<void>,
) => Promise<Response | void>;

/** The options of `rateLimit` on Hono. */
export interface HonoOptions<C extends HonoContext> extends GuardOptions {
  /**
   * The address of the peer. Default: what `c.env` tells on Node, Bun and Deno. Cloudflare Workers tell it in a header,
   * which is yours to believe: `(c) => c.req.header("cf-connecting-ip")`.
   */
  remoteAddress?: ((context: C) => string | undefined) | undefined;
}

/**
 * Middleware for Hono 4: `app.use(rateLimit({ limits: "100/m" }))`, on the app, a path or a route.
 *
 * It counts what reaches it: on the app also 404s, preflights and HEAD. Paths of rules are those of the whole application.
 * Errors go to `app.onError`. `native` of a request is the context.
 *
 * @throws ConfigurationError; also with the first request, if `clientIp()` is asked for and the runtime does not tell the
 * address
 */
export function rateLimit<C extends HonoContext = HonoContext>({
  remoteAddress,
  ...options
}: HonoOptions<C>): HonoMiddleware<C> {
  checkFunction("rateLimit", "remoteAddress", remoteAddress);
  const limits = guard(options);
  if (limits.needsAddress && remoteAddress === undefined && isOnWorkers()) throw nobodyTells();

  function addressOf(context: C): string | undefined {
    if (remoteAddress !== undefined) return remoteAddress(context);
    const peer = honoPeer(context.env, context.req.raw);
    if (peer === undefined && limits.needsAddress) throw nobodyTells();
    return peer?.address;
  }

  return async (context, next) => {
    let passage: Passage;
    try {
      const asked = ask(limits, fetchRequest(context.req.raw, addressOf(context), context));
      passage = "reply" in asked ? asked : await asked;
    } catch (error) {
      throw answerable(error);
    }
    const { reply, headers, answered } = passage;
    if (reply !== undefined) return refusal(context, reply);
    const ended = passage.ended && endedOrGone(context, passage.ended);
    const hasLeft = answered && watchClient(context);
    let isAnswered = false;
    try {
      await next();
      isAnswered = true;
      add(context, headers);
      if (ended !== undefined && !isUpgrade(context))
        replace(context, untilRead(context.res!, context.req.raw, ended));
    } catch (error) {
      await ended?.();
      throw error;
    } finally {
      await answered?.(isAnswered && !hasLeft?.() ? context.res?.status : undefined);
    }
  };
}

/** Beside what middleware before it has put into the answer, which Hono would let win. */
function refusal(context: HonoContext, { status, headers, body }: Reply): Response {
  const fields = new Headers(context.res!.headers);
  setRefusalFields(fields, headers);
  const response = asRefusal(new Response(body === "" ? null : body, { status, headers: fields }));
  replace(context, response);
  return response;
}

/** After the handler: fields that are set before are not on a `Response` that it makes itself. */
function add(context: HonoContext, headers: HeaderList): void {
  const { res } = context;
  if (res === undefined) return;
  replace(context, addToResponse(res, headers, context.req.raw));
}

function replace(context: HonoContext, res: Response): void {
  if (res === context.res) return;
  // Hono would merge the two.
  context.res = undefined;
  context.res = res;
}

function isOnWorkers(): boolean {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
}

function nobodyTells(): Error {
  return addressNeeded(
    "hono",
    'this runtime does not tell it; on Workers say (c) => c.req.header("cf-connecting-ip")',
  );
}
