import { StoreError } from "../../errors/StoreError.ts";

const MOST_TRIES = 16;
const LONGEST_PAUSE_MS = 50;

/**
 * Tries until no other process was first. Between, full jitter: a pause from nothing to a bound that doubles, so that
 * those who collided do not collide again.
 * @param attempt resolves to undefined where another was first, and nothing of ours was charged
 * @throws StoreError `STORE_CONTENDED`
 */
export async function untilSwapped<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (tries < MOST_TRIES) await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** tries));
  }
  const message = `other processes changed the key first, ${MOST_TRIES} times in a row; nothing was charged`;
  throw new StoreError("STORE_CONTENDED", message);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
