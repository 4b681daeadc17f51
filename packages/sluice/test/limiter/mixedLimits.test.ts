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
  type LimitOptions,
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

interface Charge {
  readonly time: number;
  readonly cost: number;
}

/** What was charged from one instant on, and before another. */
const between = (log: readonly Charge[], since: number, until: number = Infinity) =>
  log.filter(({ time }) => time >= since && time < until).reduce((sum, { cost }) => sum + cost, 0);

/** What counts against a limit, by the words of its algorithm. */
type Used = (log: readonly Charge[], now: number, limit: number) => number;

const usedAligned: Used = (log, now) => between(log, now - (now % MINUTE));

/** Windows that each begin with their first call. */
const usedFromFirst: Used = (log, now) => {
  let start = -Infinity;
  for (const { time } of log) if (time - start >= MINUTE) start = time;
  return now - start < MINUTE ? between(log, start) : 0;
};

/** The window before counts by what is left of it, at most as a whole limit of whoever asks. */
const usedSliding: Used = (log, now, limit) => {
  const start = now - (now % MINUTE);
  const before = Math.min(between(log, start - MINUTE, start), limit);
  return between(log, start) + Math.ceil((before * (MINUTE - (now - start))) / MINUTE);
};

const usedOfLog: Used = (log, now) => between(log, now - MINUTE + 1);

type Make = (limit: number, own: LimitOptions) => Limit;

const exactOverTime: readonly (readonly [name: string, make: Make, usedAt: Used])[] = [
  ["fixedWindow", (limit, own) => fixedWindow({ ...own, limit, window: "1m" }), usedAligned],
  [
    "fixedWindow from the first call",
    (limit, own) => fixedWindow({ ...own, limit, window: "1m", anchor: "first-call" }),
    usedFromFirst,
  ],
  ["slidingWindow", (limit, own) => slidingWindow({ ...own, limit, window: "1m" }), usedSliding],
  ["slidingLog", (limit, own) => slidingLog({ ...own, limit, window: "1m" }), usedOfLog],
];

/** The counts of its guard are; its bucket is clamped, as all buckets are. */
const guarded: (typeof exactOverTime)[number] = [
  "adaptive",
  (limit, own) => adaptive({ ...own, limit, window: "1m", burstMultiplier: 1, penalty: 0 }),
  usedSliding,
];

const someSteps = fc.array(
  fc.record({ who, cost: fc.integer({ min: 0, max: 12 }), pause: fc.integer({ min: 0, max: MINUTE / 2 }) }),
  { minLength: 5, maxLength: 80 },
);

/** Old and new limits, beside another limit for whose sake every call is written. Tells what each call finds. */
function play(
  [make, usedAt]: readonly [Make, Used],
  processes: readonly (LimitOptions & { readonly limit: number })[],
  steps: readonly { who: 0 | 1; cost: number; pause: number }[],
  found: (isCharged: boolean, fits: boolean) => void,
): void {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const beside = fixedWindow({ limit: 1_000_000, window: "1m", name: "beside" });
  const limits = processes.map(({ limit, ...own }) => [make(limit, { ...own, name: "mixed" }), beside]);
  const limiters = limits.map(() => rateLimiter({ limits: limits[0], store }));
  limiters[1].update({ limits: limits[1] });
  const log: Charge[] = [];
  for (const { who, cost, pause } of steps) {
    clock.advanceMicroseconds(pause);
    const { limit } = processes[who];
    const fits = cost === 0 || usedAt(log, clock(), limit) + cost <= limit;
    const decision = limiters[who].consumeSync("key", { cost: { mixed: cost, beside: 1 } });
    const isCharged = decision.limits[0].allowed;
    found(isCharged, fits);
    if (isCharged && cost > 0) log.push({ time: clock(), cost });
  }
}

describe.each(exactOverTime)("while time passes, old and new limits of %s", (_, ...algorithm) => {
  test("admit what the log of all admitted calls leaves of the limit of whoever asks", () => {
    const someProcess = fc.record({ limit: someLimit, dryRun: fc.boolean() });
    fc.assert(
      fc.property(someProcess, someProcess, someSteps, (one, other, steps) =>
        play(algorithm, [one, other], steps, (isCharged, fits) => expect(isCharged).toBe(fits)),
      ),
      runsOf(300),
    );
  });
});

describe.each([...exactOverTime, guarded])(
  "while refused calls are counted, limits of %s",
  (_, ...algorithm) => {
    test("mint nothing by being mixed", () => {
      const someProcess = fc.record({ limit: someLimit, dryRun: fc.boolean(), countDenied: fc.boolean() });
      fc.assert(
        fc.property(someProcess, someProcess, someSteps, (one, other, steps) =>
          play(algorithm, [one, other], steps, (isCharged, fits) => expect(isCharged && !fits).toBe(false)),
        ),
        runsOf(300),
      );
    });
  },
);
