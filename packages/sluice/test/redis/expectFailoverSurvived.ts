import { type Limiter, rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { expect, onTestFinished } from "vitest";
import { until } from "../../../../test/services/until.ts";
import type { Connection } from "./clients.ts";
import { strict } from "./strict.ts";

/** More than one, so that a cluster has some of them on every server. */
const KEYS = Array.from({ length: 12 }, (_, i) => `key ${i}`);
const LIMIT = 1000;

/**
 * Loses a master while clients are in use: each of them decides all keys again without being made anew, nothing that was
 * decided is forgotten, and no call is charged more than once.
 */
export async function expectFailoverSurvived(
  connections: Readonly<Record<string, Promise<Connection>>>,
  loseMaster: () => Promise<void>,
): Promise<void> {
  const limiters = await Promise.all(
    Object.entries(connections).map(async ([name, connecting]) => {
      const { client, close } = await connecting;
      onTestFinished(close);
      return rateLimiter({
        ...strict,
        timeoutMs: 2000,
        limits: `${LIMIT}/d`,
        name,
        store: redisStore(client),
      });
    }),
  );
  for (const limiter of limiters) expect(await consumeAll(limiter, new Tally())).toBe(true);
  await loseMaster();
  const tallies = await Promise.all(limiters.map(untilAllAreDecided));
  for (const [i, limiter] of limiters.entries()) {
    for (const key of KEYS) {
      const charged = LIMIT - (await limiter.peek(key, { cost: 0 })).remaining;
      expect(charged).toBeGreaterThanOrEqual(1 + tallies[i].decided.get(key)!);
      expect(charged).toBeLessThanOrEqual(1 + tallies[i].rounds);
    }
  }
}

class Tally {
  rounds = 0;
  readonly decided: Map<string, number> = new Map(KEYS.map((key) => [key, 0]));
}

async function untilAllAreDecided(limiter: Limiter): Promise<Tally> {
  const tally = new Tally();
  await until(() => consumeAll(limiter, tally));
  return tally;
}

async function consumeAll(limiter: Limiter, tally: Tally): Promise<boolean> {
  tally.rounds++;
  const consume = async (key: string) => {
    await limiter.consume(key);
    tally.decided.set(key, tally.decided.get(key)! + 1);
  };
  const results = await Promise.allSettled(KEYS.map(consume));
  return results.every(({ status }) => status === "fulfilled");
}
