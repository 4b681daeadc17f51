import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { standingAt } from "../errors/standingAt.ts";
import { isUnavailable } from "../errors/isUnavailable.ts";
import { checkStyle } from "../headers/checkStyle.ts";
import type { HeaderList } from "../headers/HeaderList.ts";
import type { HeaderStyle } from "../headers/HeaderStyle.ts";
import { isDecision } from "../headers/isDecision.ts";
import { headerList } from "../headers/rateLimitHeaders.ts";
import type { Acquirer } from "../limiter/Acquirer.ts";
import { checkAcquirer } from "../limiter/checkAcquirer.ts";
import { costsGiven } from "../limiter/costsGiven.ts";
import { enterWith, type Entry } from "../limiter/enterWith.ts";
import { isRefusal } from "../limiter/isRefusal.ts";
import type { Cost, Key } from "../limiter/Limiter.ts";
import type { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import { LIMITER_OPTIONS, rateLimiter, type RateLimiterOptions } from "../limiter/rateLimiter.ts";
import { eachStep } from "./trpc/eachStep.ts";
import { isAsyncIterable } from "./trpc/isAsyncIterable.ts";
import { ToldAnswers } from "./trpc/ToldAnswers.ts";
import { trpcHeld } from "./trpc/trpcHeld.ts";
import { isTrpcRefusal, trpcRefusal } from "./trpc/trpcRefusal.ts";

/** What a middleware of tRPC 11 is told of a call, by shape. */
export interface TrpcCall<Context> {
  readonly ctx: Context;
  /** The procedure: `post.byId`. */
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
  /** As the validators before this middleware left it. */
  readonly input: unknown;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A middleware of tRPC 11, by shape: for `procedure.use` and `t.middleware`. */
export type TrpcMiddleware<Context> = <Result>(
  call: TrpcCall<Context> & { readonly next: () => Promise<Result> },
) => Promise<Result>;

/** The options of `rateLimit` for tRPC: a limiter of yours, or limits and the other options of one. */
export type TrpcOptions<Context> = {
  /** Who is counted: `({ ctx }) => ctx.user.id`. Calls of all procedures behind one middleware share the count of a key. */
  key: (call: TrpcCall<Context>) => Key | Promise<Key>;
  /** What one call takes. Default 1. */
  cost?: Cost | ((call: TrpcCall<Context>) => Cost | Promise<Cost>) | undefined;
  /** How limits are told to the client, where the context has `resHeaders` or `res`. Default `"draft-11"`. */
  headers?: HeaderStyle | undefined;
} & ({ limiter: Acquirer; limits?: undefined } | (RateLimiterOptions & { limiter?: undefined }));

const OWN = ["key", "cost", "headers", "limiter"];

/**
 * A middleware for tRPC 11: `t.procedure.use(rateLimit({ limits: "100/m", key: ({ ctx }) => ctx.user.id }))`. A base procedure
 * limits all that is built on it, a router's own its procedures, `.use` on one only that.
 *
 * It counts calls of procedures: each of a batch, a subscription when it begins, those of server-side callers too. Limits on
 * concurrency are held until a procedure has answered, or what it yields has ended (an observable: until it is there). A refusal
 * is `TOO_MANY_REQUESTS`, its `cause` the RateLimitExceededError; `SERVICE_UNAVAILABLE` where the store fails and the limiter
 * fails closed or throws.
 *
 * @throws ConfigurationError
 */
export function rateLimit<Context>(options: TrpcOptions<Context>): TrpcMiddleware<Context> {
  const { key, cost, headers = "draft-11" } = options;
  checkOptions("rateLimit", options, options.limiter === undefined ? [...OWN, ...LIMITER_OPTIONS] : OWN);
  if (typeof key !== "function") throw noKey(key);
  if (typeof cost !== "function") standingAt("rateLimit", "cost", () => costsGiven(cost));
  checkStyle("rateLimit", headers);
  const limiter = limiterFor(options);
  const told = new ToldAnswers();
  return async (call) => {
    const whom = await key(call);
    const said = typeof cost === "function" ? await cost(call) : cost;
    let entry: Entry;
    try {
      entry = await enterWith(limiter, whom, said);
    } catch (error) {
      if (isRefusal(error)) told.refuse(call.ctx, fieldsOfRefusal(error, headers));
      throw isRefusal(error) || isUnavailable(error) ? trpcRefusal(error) : error;
    }
    const { answer, leave } = entry;
    const run = () => {
      // What else can be asked answers with anything.
      if (isDecision(answer)) told.tell(call.ctx, headerList([answer], { headers }), answer.remaining);
      return answerRefusals(call);
    };
    return trpcHeld(run, call, leave);
  };
}

const uncaught = new ToldAnswers();

/**
 * A middleware that makes `TOO_MANY_REQUESTS` of a RateLimitExceededError which a procedure does not catch, also among what it
 * yields; else tRPC makes `INTERNAL_SERVER_ERROR` of it. `rateLimit` does so, too.
 */
export async function answerRefusals<Result>({
  ctx,
  next,
}: {
  readonly ctx: unknown;
  readonly next: () => Promise<Result>;
}): Promise<Result> {
  const result = await next();
  const { data, error } = result as { data?: unknown; error?: { cause?: unknown } };
  if (isRefusal(error?.cause) && !isTrpcRefusal(error)) throw refusalOf(error.cause, ctx);
  return isAsyncIterable(data) ? { ...result, data: eachStep(data, answeredStep(ctx)) } : result;
}

function answeredStep(ctx: unknown) {
  return async <Step>(step: () => Promise<Step>): Promise<Step> => {
    try {
      return await step();
    } catch (error) {
      throw isRefusal(error) ? refusalOf(error, ctx) : error;
    }
  };
}

/** With its fields, where the head of the answer has not been sent. */
function refusalOf(refusal: RateLimitExceededError, ctx: unknown): Error {
  uncaught.refuse(ctx, Object.entries(refusal.headers));
  return trpcRefusal(refusal);
}

function fieldsOfRefusal({ decision, headers }: RateLimitExceededError, style: HeaderStyle): HeaderList {
  return decision === undefined ? Object.entries(headers) : headerList([decision], { headers: style });
}

function limiterFor<Context>(options: TrpcOptions<Context>): Acquirer {
  if (options.limiter !== undefined) {
    checkAcquirer("rateLimit of sluice/trpc", options.limiter);
    return options.limiter;
  }
  const { key, cost, headers, limiter, ...forLimiter } = options;
  return rateLimiter(forLimiter);
}

function noKey(value: unknown): ConfigurationError {
  const message = `rateLimit of sluice/trpc needs key, a function of the call, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, path: "key" });
}
