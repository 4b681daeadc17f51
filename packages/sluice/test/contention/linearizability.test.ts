import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { Fleet } from "./Fleet.ts";
import type { Entry } from "./history/Entry.ts";
import { faultIn } from "./history/faultIn.ts";
import { plansOf, slowPlanOf } from "./history/plans.ts";
import type { RecordJob } from "./history/record.ts";

const PROCESSES = 4;
const CALLS = 2500;
const seed = Number(process.env.SLUICE_TEST_SEED ?? Date.now() % 2 ** 32);
const run = `history ${process.pid} ${seed}`;
const skewed = `${run} skewed`;

const { redis, postgres } = { redis: inject("redis"), postgres: inject("postgres") };
const folder = mkdtempSync(join(tmpdir(), "sluice-history-"));
const file = join(folder, "sluice.db");
const stores = [
  { store: "Redis", ...redis, prepare: async () => {} },
  { store: "PostgreSQL", ...postgres, prepare: preparePostgres },
  { store: "one SQLite file", url: `sqlite:${file}`, note: "", prepare: prepareSqlite },
];

async function preparePostgres(): Promise<void> {
  const pool = new Pool({ connectionString: postgres.url });
  await postgresStore(pool).migrate();
  for (const counter of [run, skewed]) {
    await pool.query(`create table "${counter}" (at bigint not null); insert into "${counter}" values (0)`);
  }
  await pool.end();
}

async function prepareSqlite(): Promise<void> {
  const database = new DatabaseSync(file);
  database.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE sluice_sequence (at); INSERT INTO sluice_sequence VALUES (0)",
  );
  database.close();
}

async function cleanRedis(): Promise<void> {
  if (redis.url === "") return;
  const client = new Redis(redis.url);
  const left = await client.keys(`*${run}*`);
  if (left.length > 0) await client.unlink(...left);
  client.disconnect();
}

async function cleanPostgres(): Promise<void> {
  if (postgres.url === "") return;
  const pool = new Pool({ connectionString: postgres.url });
  await pool.query(`drop table if exists "${run}", "${skewed}"`);
  await pool.end();
}

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start(PROCESSES, "history/record.ts", () => ["0"]);
}, 60_000);
afterAll(async () => {
  await fleet?.end();
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([cleanRedis(), cleanPostgres()]);
}, 60_000);

async function record(
  processes: number,
  job: Omit<RecordJob, "process" | "seed">,
  by: Fleet = fleet,
): Promise<Entry[]> {
  const jobs = Array.from({ length: processes }, (_, i): RecordJob => ({
    ...job,
    process: i,
    seed: seed + i,
  }));
  return (await by.ask<Entry[]>(jobs)).flat();
}

/** How often what happened: a history in which nothing happens proves nothing. */
function tally(history: readonly Entry[]): Record<string, number> {
  const inOrder = history.toSorted((a, b) => a.at - b.at || a.place - b.place);
  const count = (isIt: (entry: Entry, i: number) => boolean) => inOrder.filter(isIt).length;
  return {
    allowed: count(({ answer }) => answer.startsWith("allowed true")),
    refused: count(({ answer }) => answer.startsWith("allowed false, blocked false")),
    blocked: count(({ answer }) => answer.startsWith("allowed false, blocked true")),
    peeks: count(({ does }) => does === "peek"),
    resets: count(({ does }) => does === "reset"),
    together: count(({ place }) => place > 0),
    handovers: count(({ process }, i) => i > 0 && process !== inOrder[i - 1].process),
  };
}

describe.each(stores)("4 processes on $store", ({ url, note, prepare }) => {
  beforeAll(() => (url === "" ? undefined : prepare()), 60_000);
  const why = url === "" ? ` (skipped: ${note})` : "";

  test.skipIf(url === "")(
    `make a history that is linearizable, seed ${seed}${why}`,
    { timeout: 120_000 },
    async () => {
      const job = {
        store: url,
        namespace: run,
        plans: "quick",
        calls: CALLS,
        lanes: 2,
        callsInTurn: 8,
      } as const;
      const history = await record(PROCESSES, job);
      expect(faultIn(history, plansOf(run))).toBeUndefined();
      for (const [what, count] of Object.entries(tally(history))) {
        expect([what, count > 20]).toEqual([what, true]);
      }
    },
  );
});

describe.each(stores.slice(0, 2))(
  "2 processes whose clocks are off by 10 minutes, on $store",
  ({ url, note }) => {
    const offMs = 600_000;
    const why = url === "" ? ` (skipped: ${note})` : "";
    test.skipIf(url === "")(
      `case 51: decide as one, by the clock of the server, seed ${seed}${why}`,
      { timeout: 60_000 },
      async () => {
        const fleet = await Fleet.start(2, "history/record.ts", (i) => [`${i === 0 ? offMs : -offMs}`]);
        onTestFinished(() => fleet.end());
        const job = {
          store: url,
          namespace: skewed,
          plans: "quick",
          calls: 400,
          lanes: 2,
          callsInTurn: 8,
        } as const;
        const history = await record(2, job, fleet);
        expect(faultIn(history, plansOf(skewed))).toBeUndefined();
        const rightMs = Date.now();
        for (const { does, clock, now } of history) {
          expect(Math.abs(clock - rightMs)).toBeGreaterThan(offMs - 60_000);
          if (does !== "reset") expect(Math.abs(now / 1000 - rightMs)).toBeLessThan(60_000);
        }
      },
    );
  },
);

const why = redis.url === "" ? ` (skipped: ${redis.note})` : "";
describe.skipIf(redis.url === "")(`the checker${why}`, { timeout: 60_000 }, () => {
  const unlocked = {
    store: `unlocked+${redis.url}`,
    plans: "slow",
    calls: 300,
    lanes: 1,
    callsInTurn: 1,
  } as const;

  test("finds a store that reads, and writes in a second round trip", async () => {
    const namespace = `${run} unlocked`;
    const history = await record(PROCESSES, { ...unlocked, namespace });
    expect(faultIn(history, [slowPlanOf(namespace)])).toMatch(/^another answer/);
  });

  test("finds nothing in the same store where one process makes one call at a time", async () => {
    const namespace = `${run} alone`;
    const history = await record(1, { ...unlocked, namespace });
    expect(faultIn(history, [slowPlanOf(namespace)])).toBeUndefined();
  });

  test("finds two calls whose places were swapped, and two that are not in the order of real time", async () => {
    const namespace = `${run} swapped`;
    const history = await record(PROCESSES, { ...unlocked, store: redis.url, namespace });
    const plans = [slowPlanOf(namespace)];
    expect(faultIn(history, plans)).toBeUndefined();
    const charged = history.filter(
      ({ does, key, costs }) => does === "consume" && key === "a" && costs === 1,
    );
    const [first, last] = [0, -1].map((at) => charged.toSorted((a, b) => a.at - b.at).at(at)!);
    const swapped = history.map((entry) => {
      if (entry !== first && entry !== last) return entry;
      const { at, after } = entry === first ? last : first;
      return { ...entry, at, after };
    });
    expect(faultIn(swapped, plans)).toMatch(/^out of order/);
    const atOnce = swapped.map((entry) => ({ ...entry, invoked: 0, responded: 0 }));
    expect(faultIn(atOnce, plans)).toMatch(/^another answer/);
    const later = history.map((entry) =>
      entry === first ? { ...entry, invoked: Infinity, responded: Infinity } : entry,
    );
    expect(faultIn(later, plans)).toMatch(/^out of order/);
  });
});
