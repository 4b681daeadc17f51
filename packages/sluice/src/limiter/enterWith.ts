import type { Acquirer } from "./Acquirer.ts";
import type { Cost, Key } from "./Limiter.ts";

/** The leave to go ahead, of whatever was asked. */
export interface Entry {
  /** What it answered: a decision, if it is a limiter of ours. */
  readonly answer: unknown;
  /** To be called when what was limited has ended. */
  leave(): Promise<void>;
}

/**
 * Asks whatever can be asked for leave to begin.
 * @throws RateLimitExceededError if it is refused
 */
export async function enterWith(limiter: Acquirer, key: Key, cost: Cost | undefined): Promise<Entry> {
  // A limiter of another make may take something else in the place of the options.
  const options = cost === undefined ? undefined : { cost };
  if (limiter.enter === undefined) return { answer: await limiter.acquire(key, options), leave: nothing };
  const permit = await limiter.enter(key, options);
  return { answer: permit.decision, leave: async () => permit[Symbol.asyncDispose]() };
}

async function nothing(): Promise<void> {}
