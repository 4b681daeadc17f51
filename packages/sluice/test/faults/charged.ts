import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { strict } from "../redis/strict.ts";
import { quietStore, watchedLimiter } from "./watchedLimiter.ts";

/** Tells what the keys of a namespace were charged, by a connection of its own. */
export function charged(url: string, namespace: string): (key: string) => Promise<number> {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  const { limiter } = watchedLimiter({ ...strict, store: quietStore(client), namespace });
  return async (key) => {
    const { limit, remaining } = await limiter.peek(key, { cost: 0 });
    return limit - remaining;
  };
}
