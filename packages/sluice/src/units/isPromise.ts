/** Whether a value is what `await` waits for. */
export function isPromise<A>(value: A | PromiseLike<A>): value is PromiseLike<A> {
  const canHaveThen = (typeof value === "object" && value !== null) || typeof value === "function";
  return canHaveThen && typeof (value as { then?: unknown }).then === "function";
}
