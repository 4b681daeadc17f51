import type { Limiter } from "sluice";

/** What remains for a key now. */
export async function left(limiter: Limiter, key: string): Promise<number> {
  return (await limiter.peek(key, { cost: 0 })).remaining;
}
