import type { Acquirer } from "../limiter/Acquirer.ts";
import { enterWith, type Entry } from "../limiter/enterWith.ts";
import { isRefusal } from "../limiter/isRefusal.ts";
import type { Limiter } from "../limiter/Limiter.ts";
import type { AnyFunction, Limited, LimitedOptions } from "./LimitedOptions.ts";
import { likeBefore } from "./likeBefore.ts";
import { readLimitedOptions } from "./readLimitedOptions.ts";

/**
 * A function that asks a limiter before it does anything: `limited(send, { limits: "5/m", key: (to) => to })`. It keeps
 * `this`, name, length and types, has the limiter as `.limiter`, and answers a promise. Limits on concurrency are held until
 * the function has answered or thrown.
 *
 * @throws ConfigurationError, also where neither a key nor a name tells whom to count
 */
export function limited<F extends AnyFunction, L extends Acquirer = Limiter>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>, L> & { onLimit: "undefined" },
): Limited<F, Promise<Awaited<ReturnType<F>> | undefined>, L>;
/**
 * A function that asks a limiter before it does anything, and answers a promise as before: its type stays as it is. A refused
 * call throws a RateLimitExceededError.
 *
 * @throws ConfigurationError, also where neither a key nor a name tells whom to count
 */
export function limited<
  F extends (this: any, ...args: any[]) => Promise<unknown>,
  L extends Acquirer = Limiter,
>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>, L> & { onLimit?: "throw" | undefined },
): F & { readonly limiter: L };
/**
 * A function that asks a limiter before it does anything, and answers a promise, which it did not before. A refused call
 * throws a RateLimitExceededError.
 *
 * @throws ConfigurationError, also where neither a key nor a name tells whom to count
 */
export function limited<F extends AnyFunction, L extends Acquirer = Limiter>(
  fn: F,
  options: LimitedOptions<ThisParameterType<F>, Parameters<F>, L> & { onLimit?: "throw" | undefined },
): Limited<F, Promise<Awaited<ReturnType<F>>>, L>;
export function limited(fn: AnyFunction, options: LimitedOptions<any, any>): unknown {
  const { limiter, keyOf, costOf, throws } = readLimitedOptions("limited", fn, options);
  const asking = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const key = await keyOf(this, args);
    const cost = await costOf(this, args);
    let entry: Entry;
    try {
      entry = await enterWith(limiter, key, cost);
    } catch (error) {
      if (throws || !isRefusal(error)) throw error;
      return undefined;
    }
    try {
      return await fn.apply(this, args);
    } finally {
      await entry.leave();
    }
  };
  return likeBefore(asking, fn, limiter);
}
