import { Redis } from "ioredis";
import { rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { clients } from "./clients.ts";
import { strict } from "./strict.ts";

const servers = { Redis: inject("redis"), Valkey: inject("valkey") };

for (const [server, { url, note }] of Object.entries(servers)) {
  describe.skipIf(url === "")(`redisStore on ${server} ${url === "" ? `(skipped: ${note})` : ""}`, () => {
    describe.each(Object.entries(clients))("over %s", (name, { single }) => {
      testStore(
        async () => {
          const { client, close } = await single(url);
          return { store: redisStore(client), close };
        },
        { describe, test },
        { name: `redisStore over ${name}`, runs: name === "ioredis 6" ? 100 : 20 },
      );

      test("case 44: a flushed script is sent again, each call is counted once, and nothing is warned of", async () => {
        const warnings: unknown[] = [];
        const flusher = new Redis(url);
        onTestFinished(() => flusher.disconnect());
        const { client, close } = await single(url);
        onTestFinished(close);
        const store = redisStore(client, { onWarning: (warning) => warnings.push(warning) });
        const limiter = rateLimiter({ ...strict, limits: "1000/d", store, namespace: `flush ${name}` });
        await limiter.reset("a");
        for (let i = 0; i < 5; i++) {
          await flusher.script("FLUSH");
          await Promise.all([limiter.consume("a"), limiter.consume("a")]);
        }
        expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(990);
        await store.ping();
        expect(warnings).toEqual([]);
      });
    });
  });
}
