import { eachStep } from "./eachStep.ts";
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
  return eachStep(data, (step) => stepThen(step, over));
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
