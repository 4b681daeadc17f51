/** Uses a value now if it is there, later if it is promised: sources that need not wait do not cost a promise. */
export function whenReady<A, B>(
  value: A | PromiseLike<A>,
  use: (value: A) => B | Promise<B>,
): B | Promise<B> {
  return isPromise(value) ? Promise.resolve(value).then(use) : use(value);
}

function isPromise<A>(value: A | PromiseLike<A>): value is PromiseLike<A> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
