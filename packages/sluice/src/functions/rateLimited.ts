import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { limited } from "./limited.ts";
import type { LimitedOptions } from "./LimitedOptions.ts";

/** What a standard method decorator is told, by shape. */
export interface MethodContext {
  readonly kind: "method";
  readonly name: string | symbol;
}

/** A method that answers a promise. */
export type AsyncMethod = (this: any, ...args: any[]) => Promise<any>;

/** Decorates methods whose arguments key and cost can read, and which may answer undefined where that is wanted. */
export type RateLimitedDecorator<Args extends readonly unknown[], OnLimit> = <M extends AsyncMethod>(
  method: M &
    (((...args: Args) => void) extends (...args: Parameters<M>) => void ? MayAnswer<M, OnLimit> : never),
  context: MethodContext,
) => M;

type MayAnswer<M extends AsyncMethod, OnLimit> = OnLimit extends "undefined"
  ? undefined extends Awaited<ReturnType<M>>
    ? unknown
    : never
  : unknown;

/**
 * The standard (stage 3) decorator for methods that answer a promise, also static and private ones:
 * `@rateLimited({ limits: "5/m", key: (to: string) => to })`. All instances share what they spend; key and cost functions
 * have the `this` of the call. The method has the limiter as `.limiter`.
 *
 * @throws ConfigurationError, when the class is defined
 */
export function rateLimited<
  This,
  Args extends readonly unknown[],
  OnLimit extends "throw" | "undefined" = "throw",
>(
  options: LimitedOptions<This, Args> & { onLimit?: OnLimit | undefined },
): RateLimitedDecorator<Args, OnLimit> {
  const decorate = (method: AsyncMethod, context: MethodContext | string | symbol) => {
    if (typeof context !== "object" || context.kind !== "method") throw notAMethod(context);
    return limited(method, options as LimitedOptions<any, any> & { onLimit?: "throw" }) as any;
  };
  return decorate;
}

function notAMethod(context: { kind: string } | string | symbol | undefined): ConfigurationError {
  const message =
    typeof context === "object"
      ? `@rateLimited is for methods, not for a ${context.kind}`
      : "@rateLimited is a standard decorator: compile without experimentalDecorators";
  return new ConfigurationError("INVALID_OPTION", message);
}
