import * as fc from "fast-check";
import { Redis } from "ioredis";
import { Pool } from "pg";
import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  type Limiter,
  memoryStore,
  rateLimiter,
  slidingLog,
  slidingWindow,
  type Store,
  tokenBucket,
} from "sluice";
import { postgresStore } from "sluice/postgres";
import { redisStore } from "sluice/redis";
import { sqliteStore } from "sluice/sqlite";
import { manualClock } from "sluice/testing";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { strict } from "../redis/strict.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";

// Long enough for a server's own clock to stand still.
const window = "300d";
const sevenAlgorithms: readonly (readonly [name: string, make: (limit: number) => Limit])[] = [
  ["fixedWindow", (limit) => fixedWindow({ limit, window })],
  ["fixedWindow from the first call", (limit) => fixedWindow({ limit, window, anchor: "first-call" })],
  ["slidingWindow", (limit) => slidingWindow({ limit, window })],
  ["slidingLog", (limit) => slidingLog({ limit, window })],
  ["tokenBucket", (limit) => tokenBucket({ capacity: limit, refill: { amount: limit, per: window } })],
  ["leakyBucket", (limit) => leakyBucket({ capacity: limit, leak: { amount: limit, per: window } })],
  ["gcra", (limit) => gcra({ burst: limit, rate: { amount: limit, per: window } })],
  ["adaptive", (limit) => adaptive({ limit, window, burstMultiplier: 1, penalty: 0 })],
];

/** What one of two processes does: asks, or takes over other limits. */
type Turn = { readonly who: 0 | 1 } & ({ readonly cost: number } | { readonly limit: number });

const someLimit = fc.integer({ min: 1, max: 40 });
const who = fc.constantFrom(0 as const, 1 as const);
const someTurns = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ who, cost: fc.integer({ min: 0, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ who, limit: someLimit }) },
  ),
  { minLength: 5, maxLength: 60 },
);

let runs = 0;

/** Two processes with one store between them, which begin alike. */
function twoLimiters(stores: readonly [Store, Store], limits: Limit): readonly [Limiter, Limiter] {
  const namespace = `mixed ${process.pid} ${Date.now()} ${runs++}`;
  const [one, other] = stores.map((store) => rateLimiter({ ...strict, limits, store, namespace }));
  return [one, other];
}

/** Usage is one number for both, and each holds it against its own limit: nothing is lost, and nobody goes beyond the larger. */
async function expectNothingMintedOrLost(
  stores: readonly [Store, Store],
  make: (limit: number) => Limit,
  first: number,
  turns: readonly Turn[],
): Promise<void> {
  const limiters = twoLimiters(stores, make(first));
  const limits = [first, first];
  let used = 0;
  for (const turn of turns) {
    const limiter = limiters[turn.who];
    if ("limit" in turn) {
      limits[turn.who] = turn.limit;
      limiter.update({ limits: make(turn.limit) });
      continue;
    }
    const limit = limits[turn.who];
    const fits = turn.cost <= Math.max(0, limit - used);
    if (fits) used += turn.cost;
    const { allowed, remaining } = await limiter.consume("key", { cost: turn.cost });
    expect({ allowed, remaining }).toEqual({ allowed: fits, remaining: Math.max(0, limit - used) });
  }
}

const runsOf = (numRuns: number) => ({ numRuns, seed: 66 });

describe.each(sevenAlgorithms)(
  "old and new limits of %s at the same time neither mint nor lose",
  (_, make) => {
    const expectToHold = (storesOf: () => readonly [Store, Store], numRuns: number) =>
      fc.assert(
        fc.asyncProperty(someLimit, someTurns, (first, turns) =>
          expectNothingMintedOrLost(storesOf(), make, first, turns),
        ),
        runsOf(numRuns),
      );

    test("in memory", () =>
      expectToHold(() => {
        const store = memoryStore({ clock: manualClock() });
        return [store, store];
      }, 100));

    test("in a SQLite file", async () => {
      const file = temporaryFile();
      const stores = [sqliteStore(file), sqliteStore(file)] as const;
      onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
      await expectToHold(() => stores, 30);
    });

    const redis = inject("redis");
    test.skipIf(redis.url === "")(
      `in Redis ${redis.url === "" ? `(skipped: ${redis.note})` : ""}`,
      async () => {
        const clients = [new Redis(redis.url), new Redis(redis.url)];
        onTestFinished(() => clients.forEach((client) => client.disconnect()));
        const [one, other] = clients.map((client) => redisStore(client));
        await expectToHold(() => [one, other], 30);
      },
    );

    const postgres = inject("postgres");
    test.skipIf(postgres.url === "")(
      `in PostgreSQL ${postgres.url === "" ? `(skipped: ${postgres.note})` : ""}`,
      { timeout: 60_000 },
      async () => {
        const pools = [1, 2].map(() => new Pool({ connectionString: postgres.url, max: 1 }));
        onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.end()))));
        const [one, other] = pools.map((pool) => postgresStore(pool));
        await one.migrate();
        await expectToHold(() => [one, other], 20);
      },
    );
  },
);

/** Microseconds. */
const MINUTE = 60_000_000;

/** When a window began that holds `now`, among those that began at multiples of a minute. */
const aligned = (_: readonly number[], now: number) => now - (now % MINUTE);

/** The same for windows that each begin with their first call. */
function fromFirst(times: readonly number[], now: number): number {
  let start = -Infinity;
  for (const time of times) if (time - start >= MINUTE) start = time;
  return now - start < MINUTE ? start : now;
}

describe.each([
  ["fixedWindow", (limit: number) => fixedWindow({ limit, window: "1m" }), aligned],
  [
    "fixedWindow from the first call",
    (limit: number) => fixedWindow({ limit, window: "1m", anchor: "first-call" }),
    fromFirst,
  ],
  [
    "slidingLog",
    (limit: number) => slidingLog({ limit, window: "1m" }),
    (_: readonly number[], now: number) => now - MINUTE + 1,
  ],
] as const)("while time passes, old and new limits of %s", (_, make, sinceWhen) => {
  test("admit what the log of all admitted calls leaves of the limit of whoever asks", () => {
    const someSteps = fc.array(
      fc.record({
        who,
        cost: fc.integer({ min: 1, max: 12 }),
        pause: fc.integer({ min: 0, max: MINUTE / 2 }),
      }),
      { minLength: 5, maxLength: 80 },
    );
    fc.assert(
      fc.property(someLimit, someLimit, someSteps, (old, updated, steps) => {
        const clock = manualClock();
        const store = memoryStore({ clock });
        const limits = [old, updated];
        const limiters = limits.map(() => rateLimiter({ limits: make(old), store }));
        limiters[1].update({ limits: make(updated) });
        const log: { time: number; cost: number }[] = [];
        for (const step of steps) {
          clock.advanceMicroseconds(step.pause);
          const now = clock();
          const since = sinceWhen(
            log.map(({ time }) => time),
            now,
          );
          const used = log.filter(({ time }) => time >= since).reduce((sum, { cost }) => sum + cost, 0);
          const fits = used + step.cost <= limits[step.who];
          if (fits) log.push({ time: now, cost: step.cost });
          expect(limiters[step.who].consumeSync("key", { cost: step.cost }).allowed).toBe(fits);
        }
      }),
      runsOf(300),
    );
  });
});
