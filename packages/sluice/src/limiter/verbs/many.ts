import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import type { Limiter } from "../Limiter.ts";

type Verbs = Pick<Limiter, "consume" | "peek" | "refund" | "block" | "unblock" | "inspect" | "reset">;
type ManyVerbs = `${keyof Verbs}Many`;

/** The verbs that take a list of keys: all of them are under way at once, so that a server gets them together. */
export function many(verbs: Verbs): Pick<Limiter, ManyVerbs> {
  const { consume, peek, refund, block, unblock, inspect, reset } = verbs;
  return {
    consumeMany: (keys, options) => all(keys, (key) => consume(key, options)),
    peekMany: (keys, options) => all(keys, (key) => peek(key, options)),
    refundMany: async (keys, cost) => void (await all(keys, (key) => refund(key, cost))),
    blockMany: async (keys, duration) => void (await all(keys, (key) => block(key, duration))),
    unblockMany: async (keys) => void (await all(keys, unblock)),
    inspectMany: (keys) => all(keys, inspect),
    resetMany: async (keys) => void (await all(keys, reset)),
  };
}

/** Rejects with the first error when all have ended, so that nothing goes on behind the back of the caller. */
async function all<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  if (!Array.isArray(items)) {
    const message = `a list of keys must be an array, not ${show(items)}`;
    throw new ConfigurationError("INVALID_KEY", message, { value: items });
  }
  const answers = await Promise.allSettled(Array.from(items, (item) => ask(item)));
  return answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  });
}
