/**
 * Leaves when a procedure has answered, or when what it streams has ended: a subscription, or a query that yields.
 * @param run answers what `next` of a middleware does
 */
export async function trpcHeld<Result>(
  run: () => Promise<Result>,
  leave: () => Promise<void>,
): Promise<Result> {
  let isStreaming = false;
  try {
    const result = await run();
    const { data } = result as { data?: unknown };
    isStreaming = isAsyncIterable(data);
    return isAsyncIterable(data) ? { ...result, data: untilOver(data, leave) } : result;
  } finally {
    if (!isStreaming) await leave();
  }
}

function isAsyncIterable(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

/** No generator: one that is given up before it has begun would not know. */
function untilOver(data: AsyncIterable<unknown>, leave: () => Promise<void>): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = data[Symbol.asyncIterator]();
      const givenUp = async (value: unknown) => (await iterator.return?.(value)) ?? { done: true, value };
      return {
        next: (...sent) => leftAfter(() => iterator.next(...sent), leave),
        return: (value: unknown) => leftAfter(() => givenUp(value), leave),
      };
    },
  };
}

/** Leaves after the last step, or one that fails. */
async function leftAfter(
  step: () => Promise<IteratorResult<unknown>>,
  leave: () => Promise<void>,
): Promise<IteratorResult<unknown>> {
  let isOver = true;
  try {
    const result = await step();
    isOver = result.done === true;
    return result;
  } finally {
    if (isOver) await leave();
  }
}
