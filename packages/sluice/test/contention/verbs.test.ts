import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type LimitsInput, rateLimiter } from "../../src/index.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { Fleet } from "./Fleet.ts";
import { openStore } from "./openStore.ts";
import type { Booked, Entered, Reserved, VerbJob, Waited } from "./useVerbs.ts";
import { atOnce, budget } from "./verbLimits.ts";

const PROCESSES = 4;

const folder = mkdtempSync(join(tmpdir(), "sluice-verbs-"));
const stores = [
  { store: "Redis", ...inject("redis"), prepare: async () => {} },
  { store: "PostgreSQL", ...inject("postgres"), prepare: migrate },
  { store: "one SQLite file", url: `sqlite:${join(folder, "sluice.db")}`, note: "", prepare: async () => {} },
];

async function migrate(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url });
  await postgresStore(pool).migrate();
  await pool.end();
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

let fleet: Fleet;
beforeEach(async () => {
  fleet = await Fleet.start(PROCESSES, "useVerbs.ts", () => []);
}, 60_000);
afterEach(async () => {
  await fleet?.end();
}, 60_000);

let runs = 0;
const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** When the units come that were asked for at these instants: 5 at once, and 10 a second. In millionths of a unit. */
function slotsOf(asked: readonly number[]): number[] {
  let level = 0;
  return asked.map((now, i) => {
    level = Math.max(0, level - 10 * (now - (asked[i - 1] ?? now))) + 1e6;
    return now + Math.ceil(Math.max(0, level - 5e6) / 10);
  });
}

describe.each(stores)("4 processes on $store", ({ url, note, prepare }) => {
  const isMissing = url === "";
  const why = isMissing ? ` (skipped: ${note})` : "";
  let namespace: string;

  beforeAll(() => (isMissing ? undefined : prepare(url)), 60_000);
  beforeEach(() => {
    namespace = `verbs ${process.pid} ${runs++}`;
  });

  type Job = VerbJob extends infer Each
    ? Each extends VerbJob
      ? Omit<Each, "store" | "namespace">
      : never
    : never;
  const ask = <Answer>(job: Job, processes = PROCESSES): Promise<Answer[]> =>
    fleet.ask(Array.from({ length: processes }, () => ({ ...job, store: url, namespace })));
  const here = (limits: LimitsInput, name?: string) =>
    rateLimiter({ limits, store: openStore(url), namespace, name, onStoreError: "throw", timeoutMs: 30_000 });

  test.skipIf(isMissing)(
    `book every slot once, and never faster than the rate${why}`,
    { timeout: 60_000 },
    async () => {
      const calls = 100;
      const booked = await ask<Booked>({ does: "book", calls });
      const slots = ascending(booked.flatMap((each) => each.slots));
      expect(slots).toEqual(slotsOf(ascending(booked.flatMap(({ asked }) => asked))));
    },
  );

  test.skipIf(isMissing)(`wait no shorter than the rate allows${why}`, { timeout: 60_000 }, async () => {
    const waited = await ask<Waited>({ does: "wait", calls: 25 });
    const began = Math.min(...waited.map((each) => each.began));
    const early = ascending(waited.flatMap(({ ended }) => ended)).filter(
      (end, n) => n + 1 > 5 + ((end - began) * 200) / 1e6,
    );
    expect(early).toEqual([]);
  });

  test.skipIf(isMissing)(
    `reserve, settle, cancel and leave to an exact balance${why}`,
    { timeout: 60_000 },
    async () => {
      const ends = ["settle", "cancel", "leave", "settle"] as const;
      const reserved = await ask<Reserved>({ does: "reserve", calls: 100, cost: 150, ends, actual: 37 });
      expect(reserved.map(({ admitted, spent }) => [admitted, spent])).toEqual(
        Array.from({ length: PROCESSES }, () => [100, 50 * 37 + 25 * 150]),
      );
      const { limits } = await here(budget).peek("everybody", { cost: 0 });
      // Only what was cancelled was no request. A share of one may have drained from what is then not given back.
      const [tokens, requests] = limits;
      expect(tokens.remaining).toBe(100_000 - 4 * 5600);
      expect(requests.details).toEqual({ tokens: expect.closeTo(1000 - 4 * 75, 0) });
    },
  );

  test.skipIf(isMissing)(
    `reserve no more than the budget at once, and after settling no more than is left${why}`,
    { timeout: 60_000 },
    async () => {
      const job = { does: "reserve", calls: 100, ends: ["leave"], actual: 0 } as const;
      const first = await ask<Reserved>({ ...job, cost: 1000 });
      expect(sum(first.map(({ admitted }) => admitted))).toBe(100);
      const limiter = here(budget);
      const settled = first
        .flatMap(({ ids }) => ids)
        .map((id) => limiter.settle("everybody", id, { tokens: 300 }));
      expect(new Set(await Promise.all(settled))).toEqual(new Set(["settled"]));
      const second = await ask<Reserved>({ ...job, cost: 700 });
      expect(sum(second.map(({ admitted }) => admitted))).toBe(100);
      const { limits } = await limiter.peek("everybody", { cost: 0 });
      expect(limits.map(({ remaining }) => remaining)).toEqual([0, 800]);
    },
  );

  test.skipIf(isMissing)(`never hold more than 3 permits of 3${why}`, { timeout: 60_000 }, async () => {
    const entered = await ask<Entered>({ does: "enter", calls: 100, ttlMs: 60_000 });
    const held = entered.flatMap((each) => each.held);
    const edges = held.flatMap(([from, to]) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ]);
    let holding = 0;
    const counts = edges.toSorted((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (holding += by));
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    const { limits } = await here(atOnce(60_000), "jobs").peek("everybody", { cost: 0 });
    expect(limits.map(({ remaining }) => remaining)).toEqual([3, 1_000_000 - held.length]);
  });

  test.skipIf(isMissing)(
    `one that is killed loses its permits at their ttl, and what it reserved stays spent${why}`,
    { timeout: 60_000 },
    async () => {
      const ttlMs = 2000;
      const [{ held }] = await ask<Entered>({ does: "keep", calls: 5, ttlMs }, 1);
      const ends = ["leave"] as const;
      await ask<Reserved>({ does: "reserve", calls: 3, cost: 100, ends, actual: 0 }, 1);
      const limiter = here(atOnce(ttlMs), "jobs");
      await limiter.peek("everybody");
      await fleet.kill(0);
      expect(held).toHaveLength(3);
      const refused = await limiter.peek("everybody");
      expect(refused.limits[0]).toMatchObject({ allowed: false, remaining: 0 });
      expect(refused.limits[0].retryAfterMs).toBeLessThanOrEqual(ttlMs);
      const { resetAfterMs } = refused.limits[0];
      await setTimeout(Math.ceil(resetAfterMs) + 1);
      const { limits } = await limiter.peek("everybody", { cost: 0 });
      expect(limits.map(({ remaining }) => remaining)).toEqual([3, 1_000_000 - 3]);
      const spent = await here(budget).peek("everybody", { cost: 0 });
      expect(spent.limits[0].remaining).toBe(100_000 - 300);
      for (let n = 0; n < 3; n++) await limiter.enter("everybody");
      limiter.close();
    },
  );
});
