import { isAsyncIterable } from "./isAsyncIterable.ts";
import { untilOver } from "./untilOver.ts";
import type { TrpcSignals } from "./whenGivenUp.ts";

/**
 * Leaves when a procedure has answered, or when what it streams has ended or is given up: a subscription, or a query that
 * yields.
 * @param run answers what `next` of a middleware does
 */
export async function trpcHeld<Result>(
  run: () => Promise<Result>,
  signals: TrpcSignals,
  leave: () => Promise<void>,
): Promise<Result> {
  let isStreaming = false;
  try {
    const result = await run();
    const { data } = result as { data?: unknown };
    isStreaming = isAsyncIterable(data);
    return isAsyncIterable(data) ? { ...result, data: untilOver(data, signals, leave) } : result;
  } finally {
    if (!isStreaming) await leave();
  }
}
