import { Redis } from "ioredis";
import { rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { strict } from "./strict.ts";

const servers = Object.entries({ Redis: inject("redis"), Valkey: inject("valkey") });
let names = 0;

describe.each(servers)("keys that somebody else has written in %s", (_, { url }) => {
  test.skipIf(url === "").each<[string, (client: Redis, name: string) => Promise<unknown>]>([
    ["a key of another type", (client, name) => client.hset(name, "field", "value")],
    ["no MessagePack", (client, name) => client.set(name, "\xff\xff")],
    ["half of a record", (client, name) => client.set(name, Buffer.from([0x95, 1, 2]))],
    ["no list", (client, name) => client.set(name, "7")],
    ["an empty list", (client, name) => client.set(name, Buffer.from([0x90]))],
    ["a list of words", (client, name) => client.set(name, Buffer.from([0x91, 0xa1, 0x61]))],
    ["nothing", (client, name) => client.set(name, "")],
  ])("case 45: %s in place of a record is told to its own calls, and no others", async (_, plant) => {
    const client = new Redis(url, { maxRetriesPerRequest: 0 });
    onTestFinished(() => client.disconnect());
    const events: string[] = [];
    const prefix = `foreign keys ${names++}:`;
    const limiter = rateLimiter({
      ...strict,
      namespace: "shop",
      limits: ["5/h", "9/d"],
      onEvent: ({ type }) => events.push(type),
      store: redisStore(client, { prefix }),
    });
    await limiter.consume("spoilt");
    const [name] = await client.keys(`${prefix}*`);
    await client.del(name);
    await plant(client, name);
    const before = await client.type(name);
    const batch = () =>
      ["a", "spoilt", "b", "spoilt"].map((key) =>
        limiter.consume(key).then(
          ({ limits }) => limits.map(({ remaining }) => remaining),
          ({ code }: { code: string }) => code,
        ),
      );
    for (let left = 4; left > 0; left--) {
      const answers = [[left, left + 4], "STORE_MISCONFIGURED", [left, left + 4], "STORE_MISCONFIGURED"];
      expect(await Promise.all(batch())).toEqual(answers);
      await expect(limiter.consume("spoilt")).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      const reserved = limiter.reserve("spoilt", { ttl: "1m" });
      await expect(reserved).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
    }
    expect(await client.type(name)).toBe(before);
    expect(events).toEqual(["config"]);
    await limiter.reset("spoilt");
    expect((await limiter.consume("spoilt")).remaining).toBe(4);
  });
});
