/** True for what a procedure yields: a generator, or anything else that is asked for one value after the other. */
export function isAsyncIterable(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}
