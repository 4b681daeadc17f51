import { Redis } from "ioredis";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { carefulClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const { url, note, stop } = await startOwnRedis("Redis");
afterAll(stop);
const CALLERS = 20;
const CALLS_EACH = 25;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

describe.skipIf(url === "")(`SCRIPT FLUSH under load ${skipped}`, { timeout: 60_000 }, () => {
  test.each(Object.entries(carefulClients))(
    "case 44: over %s, no caller sees an error, and each call is counted once",
    async (_, connect) => {
      const { client, ready } = connect(url);
      await ready();
      const namespace = freshNamespace();
      const watched = policies.map((onStoreError) =>
        watchedLimiter({ store: quietStore(client), namespace, timeoutMs: 60_000, onStoreError }),
      );
      const stop = flushing(await connected());
      await Promise.all(
        Array.from({ length: CALLERS }, async (_, caller) => {
          for (let i = 0; i < CALLS_EACH; i++) {
            const decision = await watched[caller % policies.length].limiter.consume("a");
            expect(decision).toMatchObject({ allowed: true, degraded: false });
          }
        }),
      );
      const flushes = await stop();
      const { limit, remaining } = await watched[0].limiter.peek("a", { cost: 0 });
      expect(limit - remaining).toBe(CALLERS * CALLS_EACH);
      // Scripts were there to be flushed, and were sent again.
      expect(flushes).toBeGreaterThan(CALLS_EACH);
      expect(watched.flatMap(({ events }) => events)).toEqual([]);
    },
  );
});

async function connected(): Promise<Redis> {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  await client.ping();
  return client;
}

/** Flushes again and again, until it is stopped: resolves to how often. */
function flushing(client: Redis): () => Promise<number> {
  const stop = new AbortController();
  const running = (async () => {
    let flushes = 0;
    for (; !stop.signal.aborted; flushes++) await client.script("FLUSH");
    return flushes;
  })();
  return () => {
    stop.abort();
    return running;
  };
}
