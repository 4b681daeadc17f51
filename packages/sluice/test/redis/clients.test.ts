import { Decoder, GlideClient } from "@valkey/valkey-glide";
import { Redis } from "ioredis";
import * as nodeRedis from "redis";
import { rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { clients, type Connection } from "./clients.ts";
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
        await flusher.script("FLUSH");
        await limiter.refund("a", 2);
        expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(992);
        await store.ping();
        expect(warnings).toEqual([]);
      });
    });
  });
}

const { url, note } = servers.Redis;

describe.skipIf(url === "")(`options that change replies ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  const { hostname: host, port } = new URL(url || "redis://127.0.0.1:1");
  const bytes = { [nodeRedis.RESP_TYPES.BLOB_STRING]: Buffer, [nodeRedis.RESP_TYPES.NUMBER]: String };
  const made: Record<string, () => Promise<Connection>> = {
    "numbers as strings": async () => {
      const client = new Redis(url, { maxRetriesPerRequest: 0, stringNumbers: true });
      return { client, close: async () => client.disconnect() };
    },
    "a prefix of the client's own, with a hash tag, and pipelines of its own making": async () => {
      const options = { maxRetriesPerRequest: 0, keyPrefix: "{own}", enableAutoPipelining: true };
      const client = new Redis(url, options);
      return { client, close: async () => client.disconnect() };
    },
    "numbers as strings, and strings as bytes": async () => {
      const client = nodeRedis.createClient({ url, commandOptions: { typeMapping: bytes } });
      await client.connect();
      return { client, close: async () => client.destroy() };
    },
    "the older protocol": async () => {
      const client = nodeRedis.createClient({ url, RESP: 2 });
      await client.connect();
      return { client, close: async () => client.destroy() };
    },
    "a pool": async () => {
      const client = nodeRedis.createClientPool({ url }, { minimum: 2, maximum: 4 });
      await client.connect();
      return { client, close: async () => client.destroy() };
    },
    "strings as bytes": async () => {
      const addresses = [{ host, port: Number(port) }];
      const client = await GlideClient.createClient({ addresses, defaultDecoder: Decoder.Bytes });
      return { client, close: async () => client.close() };
    },
  };

  describe.each(Object.entries(made))("%s", (name, connect) => {
    testStore(
      async () => {
        const { client, close } = await connect();
        return { store: redisStore(client), close };
      },
      { describe, test },
      { name, runs: 10 },
    );
  });
});
