import { Redis } from "ioredis";
import { concurrency, rateLimiter, slidingWindow } from "sluice";
import { redisStore } from "sluice/redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { expectRefusalsRepeated } from "../onServer/expectRefusalsRepeated.ts";
import { strict } from "./strict.ts";

const { url, note } = inject("redis");

describe.skipIf(url === "")(`redisStore over ioredis ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  function connect(): Redis {
    const client = new Redis(url, { maxRetriesPerRequest: 0 });
    onTestFinished(() => client.disconnect());
    return client;
  }

  test("calls of one turn on several connections admit exactly the limit", async () => {
    const limiters = [1, 2, 3, 4].map(() =>
      rateLimiter({ ...strict, limits: "50/d", store: redisStore(connect()), namespace: "contention" }),
    );
    const calls = limiters.flatMap((limiter) =>
      Array.from({ length: 100 }, () => limiter.consume("everybody")),
    );
    const decisions = await Promise.all(calls);
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test("deniedCache: what was refused is refused again without the server, with its own wait", async () => {
    await expectRefusalsRepeated(redisStore(connect(), { deniedCache: true }));
  });

  test("case 44: a flushed script is sent again, and each call is counted once", async () => {
    const client = connect();
    const limiter = rateLimiter({
      ...strict,
      limits: "1000/d",
      store: redisStore(client),
      namespace: "flush",
    });
    for (let i = 0; i < 10; i++) {
      await client.script("FLUSH");
      await Promise.all([limiter.consume("a"), limiter.consume("a")]);
    }
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(980);
  });

  test("case 45: a key of another type is somebody else's, is left as it is, and is a misconfiguration", async () => {
    const client = connect();
    const store = redisStore(client, { prefix: "foreign:" });
    const limiter = rateLimiter({ ...strict, limits: "5/h", store });
    await limiter.consume("a");
    const [name] = await client.keys("foreign:*");
    await client.del(name);
    await client.hset(name, "field", "value");
    await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
    expect(await client.hgetall(name)).toEqual({ field: "value" });
  });

  test("case 47: no key lacks an expiry", async () => {
    const client = connect();
    const limiter = rateLimiter({
      ...strict,
      limits: ["5/s", "7/h"],
      store: redisStore(client, { prefix: "expiry:" }),
    });
    await Promise.all(Array.from({ length: 50 }, (_, i) => limiter.consume(`key ${i}`)));
    const keys = await client.keys("expiry:*");
    expect(keys).toHaveLength(50);
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  test("case 47: permits that came back leave no key behind", async () => {
    const client = connect();
    const limits = [concurrency({ limit: 2 }), slidingWindow({ limit: 1000, window: "1h" })];
    const limiter = rateLimiter({ ...strict, limits, store: redisStore(client, { prefix: "permits:" }) });
    for (let n = 0; n < 50; n++) await limiter.run("a", () => {});
    expect(await client.keys("permits:*")).toHaveLength(1);
    await (await limiter.reserve("a")).settle(1);
    expect(await client.keys("permits:*")).toHaveLength(2);
  });

  test("case 47: a record that lost its expiry has one again after the next call that passes", async () => {
    const client = connect();
    const store = redisStore(client, { prefix: "planted:" });
    const limiter = rateLimiter({ ...strict, limits: "50/h", store });
    await limiter.reset("a");
    await limiter.consume("a");
    const [key] = await client.keys("planted:*");
    await client.persist(key);
    await limiter.consume("a");
    expect(await client.pttl(key)).toBeGreaterThan(0);
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(48);
  });

  test("no user string chooses the hash tag", async () => {
    const client = connect();
    const limiter = rateLimiter({ ...strict, limits: "5/s", store: redisStore(client, { prefix: "tag:" }) });
    await limiter.consume("{chosen}");
    const [key] = await client.keys("tag:*");
    expect(key).toMatch(/^tag:\{[0-9a-z]+\}\["sluice","default"\]\{chosen\}$/);
  });

  test("what is no client is refused at construction", () => {
    expect(() => redisStore({} as never)).toThrow(/takes a client of ioredis/);
    expect(() => redisStore(connect(), { prefix: "{a}" })).toThrow(/without braces/);
    expect(() => redisStore(connect(), { onWarning: "console" as never })).toThrow(
      /onWarning must be a func/,
    );
  });

  test.each([
    ["no object", undefined],
    ["an address", "redis://127.0.0.1"],
    ["a client of another kind, whose evalsha takes lists", { evalsha() {}, eval() {}, del() {} }],
    ["a client that is not made yet", Redis],
  ])("%s is refused with a sentence", (_, client) => {
    expect(() => redisStore(client as never)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining("ioredis, iovalkey, node-redis or valkey-glide, not "),
      }),
    );
  });
});
