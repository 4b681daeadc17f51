import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { guard } from "../guard/guard.ts";
import type { GuardOptions } from "../guard/GuardOptions.ts";
import { admitThen } from "./node/admitThen.ts";
import { fastifyExchange, type FastifyReply, type FastifyRequest } from "./fastify/fastifyExchange.ts";

export type { FastifyReply, FastifyRequest } from "./fastify/fastifyExchange.ts";

/** A hook of the kind `onRequest`. */
export type FastifyHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** An instance of Fastify, by shape. */
export interface FastifyInstance {
  addHook(name: "onRequest", hook: FastifyHook): unknown;
}

/** A hook if it is given options, a plugin if it is registered. */
export interface FastifyRateLimit {
  (options: GuardOptions): FastifyHook;
  (instance: FastifyInstance, options: GuardOptions): Promise<void>;
}

/**
 * For Fastify 5, as a plugin: `await app.register(rateLimit, { limits: "100/m" })`, for the whole of the instance that
 * registers it; and as a hook of a route: `{ onRequest: rateLimit({ limits: "5/m" }) }`.
 *
 * The plugin counts what the instance is asked: also 404s, preflights and HEAD. What Fastify answers before its hooks is
 * not counted: 400 for a path that cannot be decoded, 414 for a parameter that is too long. Paths of rules are those of the
 * whole application. Errors go to the error handler.
 *
 * @throws ConfigurationError
 */
export const rateLimit: FastifyRateLimit = Object.assign(limitOrRegister, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "sluice",
});

function limitOrRegister(options: GuardOptions): FastifyHook;
function limitOrRegister(instance: FastifyInstance, options: GuardOptions): Promise<void>;
function limitOrRegister(
  ...args: [GuardOptions] | [FastifyInstance, GuardOptions]
): FastifyHook | Promise<void> {
  return isRegistered(args) ? register(...args) : hook(args[0]);
}

function isRegistered(args: readonly unknown[]): args is [FastifyInstance, GuardOptions] {
  return "addHook" in Object(args[0]);
}

async function register(instance: FastifyInstance, options: GuardOptions): Promise<void> {
  instance.addHook("onRequest", hook(options));
}

function hook(options: GuardOptions): FastifyHook {
  const limits = guard(options);
  return (request, reply, done) => {
    // Fastify hands its instance to what is registered.
    if ("addHook" in request) return done(registered());
    admitThen(limits, fastifyExchange(request, reply), done);
  };
}

function registered(): ConfigurationError {
  const message =
    'rateLimit(options) of sluice/fastify is a hook; as a plugin it is app.register(rateLimit, { limits: "100/m" })';
  return new ConfigurationError("INVALID_OPTION", message);
}
