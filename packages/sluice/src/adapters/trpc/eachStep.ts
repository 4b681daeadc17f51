type Result = IteratorResult<unknown>;

/** Takes one step. */
type Take = (step: () => Promise<Result>) => Promise<Result>;

/**
 * The same values, each step of which is taken by way of `take`. A generator can be asked for values itself, as before: callers on
 * the server do.
 */
export function eachStep(data: AsyncIterable<unknown>, take: Take): AsyncIterable<unknown> {
  const begin = (): AsyncIterator<unknown> => steps(data[Symbol.asyncIterator](), take);
  return "next" in data
    ? (begin() as AsyncIterator<unknown> & AsyncIterable<unknown>)
    : { [Symbol.asyncIterator]: begin };
}

/** No generator: one that is given up before it has begun would not know. */
function steps(iterator: AsyncIterator<unknown>, take: Take): AsyncGenerator {
  const givenUp = async (value: unknown) =>
    (await iterator.return?.(value)) ?? { done: true as const, value };
  const failed = async (error: unknown): Promise<Result> => {
    if (iterator.throw === undefined) throw error;
    return iterator.throw(error);
  };
  return {
    next: async (...sent) => take(() => iterator.next(...sent)),
    return: async (value) => take(() => givenUp(value)),
    throw: async (error) => take(() => failed(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return(undefined);
    },
  };
}
