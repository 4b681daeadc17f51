import { isPromise } from "./isPromise.ts";

/**
 * Uses a value now if it is there, later if it is promised: what need not wait does not cost a promise.
 * @param failed what stands in for a promise that rejects
 */
export function whenReady<A, B>(
  value: A | PromiseLike<A>,
  use: (value: A) => B | Promise<B>,
  failed?: (error: unknown) => B | Promise<B>,
): B | Promise<B> {
  return isPromise(value) ? Promise.resolve(value).then(use, failed) : use(value);
}
