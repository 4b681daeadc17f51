import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { fixedWindow, type Plan, rateLimiter, type Store, tokenBucket } from "../../src/index.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { recordNames } from "../../src/stores/recordName.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { unpack } from "../stores/twins/pack.ts";
import { Random } from "../stores/twins/Random.ts";
import { plansOf } from "./history/plans.ts";
import { randomTurn } from "./history/randomTurn.ts";

const { redis, postgres } = { redis: inject("redis"), postgres: inject("postgres") };
const seed = Number(process.env.SLUICE_TEST_SEED ?? Date.now() % 2 ** 32);
const why = (note: string, url: string) => (url === "" ? ` (skipped: ${note})` : "");

const PATIENT = { onStoreError: "throw", timeoutMs: 30_000 } as const;

function connectRedis(): { client: Redis; prefix: string; store: Store } {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
  onTestFinished(() => client.disconnect());
  const prefix = `${randomUUID()}:`;
  return { client, prefix, store: redisStore(client, { prefix }) };
}

describe.skipIf(redis.url === "")(`Redis${why(redis.note, redis.url)}`, { timeout: 60_000 }, () => {
  test(`case 47: 10,000 random operations leave no key without an expiry, seed ${seed}`, async () => {
    const { client, prefix, store } = connectRedis();
    const namespace = "expiry";
    const lasting = {
      limits: [tokenBucket({ capacity: 1000, refill: "1/d" })],
      block: { scope: "", duration: 60_000_000 },
    };
    const plans: Plan[] = [...plansOf(namespace), { namespace, pool: "lasting", ...lasting }];
    const prepared = plans.map((plan) => store.prepare(plan));
    const random = new Random(seed);
    let seen = 0;
    for (let thousand = 0; thousand < 10; thousand++) {
      for (let operations = 0; operations < 1000;) {
        const turn = randomTurn(random, plans, 64);
        operations += turn.length;
        const key = `key ${random.below(50)}`;
        await Promise.all(
          turn.map(async ({ does, plan, costs }) => {
            if (does === "reset") await prepared[plan].reset(key);
            else await prepared[plan].decide(key, costs, does);
          }),
        );
      }
      const keys = await client.keys(`${prefix}*`);
      const expiries = await Promise.all(keys.map((each) => client.pttl(each)));
      expect(expiries).not.toContain(-1);
      seen += keys.length;
    }
    expect(seen).toBeGreaterThan(100);
  });

  test("case 47: a key that lost its expiry gets one with the next charge", async () => {
    const { client, prefix, store } = connectRedis();
    const limiter = rateLimiter({ limits: "10/d", store, ...PATIENT });
    await limiter.consume("a");
    const [name] = await client.keys(`${prefix}*`);
    await client.persist(name);
    expect(await client.pttl(name)).toBe(-1);
    expect((await limiter.consume("a")).remaining).toBe(8);
    expect(await client.pttl(name)).toBeGreaterThan(0);
  });

  test("case 47: a spent key that lost its expiry is refused no longer than it would have been", async () => {
    const { client, prefix, store } = connectRedis();
    const limits = fixedWindow({ limit: 2, window: 1000, anchor: "first-call" });
    const limiter = rateLimiter({ limits, store, ...PATIENT });
    await limiter.consume("a", { cost: 2 });
    const refused = await limiter.consume("a");
    const [name] = await client.keys(`${prefix}*`);
    await client.persist(name);
    expect(refused.reason).toBe("limited");
    await setTimeout(Math.ceil(refused.retryAfterMs) + 1);
    expect(await client.pttl(name)).toBe(-1);
    expect(await limiter.consume("a")).toMatchObject({ allowed: true, remaining: 1 });
    expect(await client.pttl(name)).toBeGreaterThan(0);
  });
});

/** A store, and the record that it keeps under a name. */
interface Readable {
  readonly store: Store;
  read(name: string): Promise<readonly number[]>;
}

function readableRedis(): Readable {
  const { client, prefix, store } = connectRedis();
  return {
    store,
    async read(name) {
      const key = (await client.keys(`${prefix}*`)).find((each) => each.endsWith(name));
      return unpack((await client.getBuffer(key!))!);
    },
  };
}

async function readablePostgres(): Promise<Readable> {
  const pool = new Pool({ connectionString: postgres.url, max: 2 });
  pool.on("error", () => {});
  onTestFinished(() => pool.end());
  const store = postgresStore(pool);
  await store.migrate();
  return {
    store,
    async read(name) {
      const { rows } = await pool.query("select record from sluice_records where name = $1", [name]);
      return (rows[0].record as string[]).map(Number);
    },
  };
}

describe.each([
  { where: "Redis", ...redis, open: readableRedis },
  { where: "PostgreSQL", ...postgres, open: readablePostgres },
])("$where", ({ url, note, open }) => {
  test.skipIf(url === "")(
    `case 52: the microseconds of an instant are in the record as they are in the answer${why(note, url)}`,
    { timeout: 60_000 },
    async () => {
      const { store, read } = await open();
      const limits = [tokenBucket({ capacity: 1000, refill: "1/h" })];
      const plan: Plan = { namespace: randomUUID(), pool: "p", limits, block: { scope: "", duration: 0 } };
      const prepared = store.prepare(plan);
      const instants: number[] = [];
      for (let i = 0; i < 200; i++) {
        const { now } = await prepared.decide("key", 1, "consume");
        const [version, , expires, length, time, level, unit] = await read(`${recordNames(plan).states}key`);
        expect({ version, length, time }).toEqual({ version: 1, length: 3, time: now });
        const { verdicts } = await prepared.decide("key", 0, "peek");
        expect(verdicts[0].state.slice(1)).toEqual([expect.any(Number), unit]);
        expect(expires - time).toBe(level);
        instants.push(now);
      }
      expect(instants.filter((now) => now % 1000 !== 0).length).toBeGreaterThan(100);
    },
  );
});
