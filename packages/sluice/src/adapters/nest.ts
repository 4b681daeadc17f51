import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { isSluiceError } from "../errors/SluiceError.ts";
import { errorReply } from "../guard/errorReply.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import { admit } from "./node/admit.ts";
import { type NestHost, nestExchange } from "./nest/nestExchange.ts";
import { addMetadata } from "./nest/addMetadata.ts";

export type { NestHost } from "./nest/nestExchange.ts";

/** A guard of NestJS, by shape. */
export interface NestGuard {
  canActivate(context: NestHost): Promise<boolean>;
}

/** A decorator for controllers and their routes, as TypeScript's `experimentalDecorators` knows them. */
export type NestDecorator = (target: any, key?: string | symbol, descriptor?: any) => any;

/** An exception filter of NestJS, by shape. */
export interface NestFilter {
  catch(error: RateLimitExceededError, host: NestHost): void;
}

/**
 * A guard for NestJS, on Express and on Fastify: for the application (`app.useGlobalGuards(rateLimit(options))`, or
 * `{ provide: APP_GUARD, useValue: rateLimit(options) }`), and with `@UseGuards` for a controller or a route.
 *
 * It counts requests to routes: no 404s, and nothing that a middleware answers. Paths of rules are those of the whole
 * application. A refusal is answered at once, past filters and interceptors; what `onLimit` throws goes their way, and so
 * do errors. Calls other than HTTP (microservices, gateways, GraphQL) throw, because they would pass uncounted.
 *
 * @throws ConfigurationError
 */
export function rateLimit(options: GuardOptions): NestGuard {
  const limits = guard(options);
  return {
    async canActivate(context) {
      if (context.getType() !== "http") throw notHttp(context);
      return (await admitted(async () => admit(limits, nestExchange(context)))) || never();
    },
  };
}

/** The same for a controller or a route: `@RateLimit({ limits: "5/m" })`. */
export function RateLimit(options: GuardOptions): NestDecorator {
  const limits = rateLimit(options);
  return (target, _key, descriptor) => addMetadata("__guards__", limits, descriptor?.value ?? target);
}

/**
 * Answers a RateLimitExceededError that a handler does not catch with its fields and problem:
 * `app.useGlobalFilters(refusalFilter())`. Without it Nest answers 429 without `Retry-After`, and logs an error. Calls of
 * GraphQL and microservices have the error as without it.
 */
export function refusalFilter(): NestFilter {
  class RefusalFilter implements NestFilter {
    catch(error: RateLimitExceededError, host: NestHost): void {
      // Who else calls has the error: Nest takes no answer for no filter.
      if (host.getType() === "http") nestExchange(host).refuse(errorReply(error));
    }
  }
  addMetadata("__filterCatchExceptions__", RateLimitExceededError, RefusalFilter);
  return new RefusalFilter();
}

/**
 * A guard can say yes, or have Nest answer; what has been answered it leaves alone so, as a middleware does that calls no
 * `next`. A promise of its own each time: one that all wait for would keep them all.
 */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Nest answers 500 to errors that do not look like those of http-errors. */
async function admitted(passes: () => Promise<boolean>): Promise<boolean> {
  try {
    return await passes();
  } catch (error) {
    const { status } = errorReply(error);
    if (isSluiceError(error) && status !== 500)
      Object.assign(error, { status, statusCode: status, expose: false });
    throw error;
  }
}

function notHttp(context: NestHost): ConfigurationError {
  const message = `rateLimit of sluice/nest counts HTTP requests, not calls of type ${show(context.getType())}`;
  return new ConfigurationError("INVALID_OPTION", `${message}; limit those with limiter.acquire(key)`);
}
