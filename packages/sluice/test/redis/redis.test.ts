import { Redis } from "ioredis";
import { rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { describe, expect, inject, onTestFinished, test } from "vitest";

const { url, note } = inject("redis");

describe.skipIf(url === "")(`redisStore over ioredis ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  testStore(
    () => {
      const client = new Redis(url);
      return { store: redisStore(client), close: () => client.disconnect() };
    },
    { describe, test },
    { name: "redisStore" },
  );

  function connect(): Redis {
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    return client;
  }

  test("calls of one turn on several connections admit exactly the limit", async () => {
    const limiters = [1, 2, 3, 4].map(() =>
      rateLimiter({ limits: "50/d", store: redisStore(connect()), namespace: "contention" }),
    );
    const calls = limiters.flatMap((limiter) =>
      Array.from({ length: 100 }, () => limiter.consume("everybody")),
    );
    const decisions = await Promise.all(calls);
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test("case 44: a flushed script is sent again, and each call is counted once", async () => {
    const client = connect();
    const limiter = rateLimiter({ limits: "1000/d", store: redisStore(client), namespace: "flush" });
    for (let i = 0; i < 10; i++) {
      await client.script("FLUSH");
      await Promise.all([limiter.consume("a"), limiter.consume("a")]);
    }
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(980);
  });

  test("case 47: no key lacks an expiry", async () => {
    const client = connect();
    const limiter = rateLimiter({ limits: ["5/s", "7/h"], store: redisStore(client, { prefix: "expiry:" }) });
    await Promise.all(Array.from({ length: 50 }, (_, i) => limiter.consume(`key ${i}`)));
    const keys = await client.keys("expiry:*");
    expect(keys).toHaveLength(50);
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  test("no user string chooses the hash tag", async () => {
    const client = connect();
    const limiter = rateLimiter({ limits: "5/s", store: redisStore(client, { prefix: "tag:" }) });
    await limiter.consume("{chosen}");
    const [key] = await client.keys("tag:*");
    expect(key).toMatch(/^tag:\{[0-9a-z]+\}\["sluice","default"\]\{chosen\}$/);
  });

  test("what is no client is refused at construction", () => {
    expect(() => redisStore({} as never)).toThrow(/takes a client of ioredis/);
    expect(() => redisStore(connect(), { prefix: "{a}" })).toThrow(/without braces/);
  });
});
