import type { Acquirer } from "../limiter/Acquirer.ts";
import type { Cost, Key, Limiter } from "../limiter/Limiter.ts";
import type { RateLimiterOptions } from "../limiter/rateLimiter.ts";

/** What a function is limited by: a limiter of yours, or whatever else can be asked; or limits for one of its own. */
export type LimitedBy<L extends Acquirer = Acquirer> =
  | { limiter: L; limits?: undefined; name?: string | undefined }
  | (RateLimiterOptions & { limiter?: undefined });

/** How a function is limited. `This` and `Args` are those of the function. */
export interface LimitedCall<This, Args extends readonly unknown[]> {
  /**
   * Who is counted: a key, or a function of the arguments that finds it, with the same `this`. Default: the name, so that
   * all callers share one count.
   */
  key?: Key | ((this: This, ...args: Args) => Key | Promise<Key>) | undefined;
  /** What one call takes, or a function of the arguments, with the same `this`. Default: not said, which is 1. */
  cost?: Cost | ((this: This, ...args: Args) => Cost | Promise<Cost>) | undefined;
  /** A refused call throws a RateLimitExceededError (`"throw"`, the default), or answers undefined. The function is not called. */
  onLimit?: "throw" | "undefined" | undefined;
}

/**
 * The options of `limited` and `rateLimited`. With `limits` come the options of `rateLimiter`. `name` stands for the
 * function where no key is given, and names the limiter that is made; default: the name of the function.
 */
export type LimitedOptions<
  This,
  Args extends readonly unknown[],
  L extends Acquirer = Acquirer,
> = LimitedCall<This, Args> & LimitedBy<L>;

/** Any function. */
export type AnyFunction = (this: any, ...args: any[]) => unknown;

/** The same arguments and `this` as `F`, with another result; and what limits it. */
export type Limited<F extends AnyFunction, Result, L extends Acquirer = Limiter> = ((
  this: ThisParameterType<F>,
  ...args: Parameters<F>
) => Result) & { readonly limiter: L };
