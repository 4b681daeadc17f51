import { Redis } from "ioredis";
import { rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { MASTER, startSentinel } from "../../../../test/services/sentinel.ts";
import { until } from "../../../../test/services/until.ts";
import { clients } from "./clients.ts";
import { strict } from "./strict.ts";

const { url, note, stop } = await startSentinel();
afterAll(stop);

const kinds = Object.entries(clients).flatMap(([name, { sentinel }]) =>
  sentinel === undefined ? [] : [{ name, connect: sentinel }],
);

describe.skipIf(url === "")(`redisStore through Sentinel ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  describe.each(kinds)("over $name", ({ name, connect }) => {
    testStore(
      async () => {
        const { client, close } = await connect(url, MASTER);
        return { store: redisStore(client), close };
      },
      { describe, test },
      { name: `redisStore over ${name}`, runs: 10 },
    );
  });

  test("when the master is gone, every client decides on the next one, and no call is charged twice", async () => {
    const limiters = await Promise.all(
      kinds.map(async ({ name, connect }) => {
        const { client, close } = await connect(url, MASTER);
        onTestFinished(close);
        return rateLimiter({ ...strict, timeoutMs: 2000, limits: "1000/d", name, store: redisStore(client) });
      }),
    );
    for (const limiter of limiters) await limiter.consume("a");
    await shutDownMaster();
    const calls = await Promise.all(
      limiters.map(async (limiter) => {
        let tried = 1;
        let failed = 0;
        await until(async () => {
          tried++;
          const isDecided = await limiter.consume("a").then(
            () => true,
            () => false,
          );
          if (!isDecided) failed++;
          return isDecided;
        });
        return { tried, failed };
      }),
    );
    for (const [i, { tried, failed }] of calls.entries()) {
      const { remaining } = await limiters[i].peek("a", { cost: 0 });
      expect(1000 - remaining).toBeGreaterThanOrEqual(tried - failed);
      expect(1000 - remaining).toBeLessThanOrEqual(tried);
    }
  }, 60_000);
});

async function shutDownMaster(): Promise<void> {
  const sentinel = new Redis(url);
  const address = (await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)) as [string, string];
  sentinel.disconnect();
  const master = new Redis(Number(address[1]), address[0], { retryStrategy: null });
  // It ends without an answer.
  await master.call("SHUTDOWN", "NOSAVE", "NOW").catch(() => {});
  master.disconnect();
}
