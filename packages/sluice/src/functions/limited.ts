import type { Limiter } from "../limiter/Limiter.ts";
import type { AnyFunction, Limited, LimitedOptions } from "./LimitedOptions.ts";
import { likeBefore } from "./likeBefore.ts";
import { readLimitedOptions } from "./readLimitedOptions.ts";

/**
 * A function that asks a limiter before it does anything: `limited(send, { limits: "5/m", key: (to) => to })`. It keeps
 * `this`, name, length and types, has the limiter as `.limiter`, and answers a promise.
 *
 * @throws ConfigurationError, also where neither a key nor a name tells whom to count
 */
export function limited<F extends AnyFunction>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>> & { onLimit: "undefined" },
): Limited<F, Promise<Awaited<ReturnType<F>> | undefined>>;
export function limited<F extends (this: any, ...args: any[]) => Promise<unknown>>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>> & { onLimit?: "throw" | undefined },
): F & { readonly limiter: Limiter };
export function limited<F extends AnyFunction>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>> & { onLimit?: "throw" | undefined },
): Limited<F, Promise<Awaited<ReturnType<F>>>>;
export function limited(fn: AnyFunction, options: LimitedOptions<any, any>): unknown {
  const { limiter, keyOf, costOf, throws } = readLimitedOptions("limited", fn, options);
  const asking = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const key = await keyOf(this, args);
    const cost = await costOf(this, args);
    if (throws) await limiter.acquire(key, { cost });
    else if (!(await limiter.consume(key, { cost })).allowed) return undefined;
    return fn.apply(this, args);
  };
  return likeBefore(asking, fn, limiter);
}
