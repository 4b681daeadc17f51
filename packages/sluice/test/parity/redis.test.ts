import { Redis } from "ioredis";
import * as core from "sluice";
import { rateLimiter, tokenBucket } from "sluice";
import { redisStore } from "sluice/redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { strict } from "../redis/strict.ts";
import { algorithms } from "./algorithms.ts";

const { url, note } = inject("redis");
const run = `parity ${process.pid}`;

function connect(): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  onTestFinished(() => client.disconnect());
  return client;
}

test("S0.13, S4.38: the root does not know Redis, sluice/redis does", () => {
  expect(Object.keys(core).filter((name) => /redis/i.test(name))).toEqual([]);
  expect(redisStore).toBeTypeOf("function");
});

describe.skipIf(url === "")(`on Redis ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  test("S0.14, S0.15, S3.33, S4.37: a token bucket over a client that was built before", async () => {
    const limits = tokenBucket({ capacity: 10, refill: "2/h" });
    const limiter = rateLimiter({
      ...strict,
      limits,
      store: redisStore(connect()),
      namespace: `${run} bucket`,
    });
    const decisions = await Promise.all(Array.from({ length: 12 }, () => limiter.consume("a")));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(decisions[11].retryAfterMs).toBeGreaterThan(1_700_000);
    expect((await limiter.consume("b")).remaining).toBe(9);
  });

  test.each(Object.keys(algorithms))(
    "S1.29, S1.56, S3.53, S4.6: %s decides there in one step: of 100 calls at once on two connections 10 pass",
    async (algorithm) => {
      const limiters = [connect(), connect()].map((client) =>
        rateLimiter({
          ...strict,
          limits: algorithms[algorithm](),
          store: redisStore(client),
          namespace: `${run} ${algorithm}`,
        }),
      );
      const calls = Array.from({ length: 100 }, (_, i) => limiters[i % 2].consume("a"));
      const decisions = await Promise.all(calls);
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    },
  );

  test("S1.1, S1.2: one client serves many limiters, and stays yours", async () => {
    const client = connect();
    const store = redisStore(client);
    const limiters = ["a", "b"].map((name) =>
      rateLimiter({ ...strict, limits: "1/h", store, name, namespace: `${run} many` }),
    );
    const decisions = await Promise.all(limiters.map((limiter) => limiter.consume("ann")));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true]);
    await store.close();
    expect(await client.ping()).toBe("PONG");
  });
});
