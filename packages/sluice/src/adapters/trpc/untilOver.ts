import { type TrpcSignals, whenGivenUp } from "./whenGivenUp.ts";

/** The same values; leaves after the last, when they are given up, and when nobody asks for them. */
export function untilOver(
  data: AsyncIterable<unknown>,
  signals: TrpcSignals,
  leave: () => Promise<void>,
): AsyncIterable<unknown> {
  const stop = whenGivenUp(signals, leave);
  const over = (): Promise<void> => {
    stop();
    return leave();
  };
  // Whoever may ask for a value holds it: the iterable, and each iterator.
  forgotten?.register(over, leave);
  return steps(data, over);
}

/** No generator: one that is given up before it has begun would not know. */
function steps(data: AsyncIterable<unknown>, over: () => Promise<void>): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = data[Symbol.asyncIterator]();
      const givenUp = async (value: unknown) => (await iterator.return?.(value)) ?? { done: true, value };
      return {
        next: (...sent) => stepThen(() => iterator.next(...sent), over),
        return: (value: unknown) => stepThen(() => givenUp(value), over),
      };
    },
  };
}

/** After the last step, or one that fails, it is over. */
async function stepThen(
  step: () => Promise<IteratorResult<unknown>>,
  over: () => Promise<void>,
): Promise<IteratorResult<unknown>> {
  let isLast = true;
  try {
    const result = await step();
    isLast = result.done === true;
    return result;
  } finally {
    if (isLast) await over();
  }
}

/** tRPC may refuse an answer that yields without asking for a value. Not every runtime tells of what is collected. */
const forgotten: FinalizationRegistry<() => Promise<void>> | undefined =
  globalThis.FinalizationRegistry && new FinalizationRegistry((leave: () => Promise<void>) => void leave());
