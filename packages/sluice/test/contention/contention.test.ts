import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { Fleet } from "./Fleet.ts";
import { scenarios } from "./scenarios.ts";
import type { SpendJob, Spent } from "./spend.ts";

const PROCESSES = 8;
const CALLS = 500;

const folder = mkdtempSync(join(tmpdir(), "sluice-contention-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

describe.each(stores)("several processes on $store", ({ url, note, prepare }) => {
  const isMissing = url === "";
  const why = isMissing ? ` (skipped: ${note})` : "";
  let fleet: Fleet;
  let runs = 0;

  beforeAll(async () => {
    if (isMissing) return;
    await prepare(url);
    fleet = await Fleet.start(PROCESSES, "spend.ts", () => [url]);
  }, 60_000);
  afterAll(() => fleet?.end(), 60_000);

  async function spend(processes: number, job: Omit<SpendJob, "namespace">): Promise<Spent> {
    const namespace = `contention ${process.pid} ${runs++}`;
    const jobs = Array.from({ length: processes }, () => ({ ...job, namespace }));
    const spent = await fleet.ask<SpendJob, Spent>(jobs);
    const [{ remaining }] = await fleet.ask<SpendJob, Spent>([{ ...job, namespace, calls: 0 }]);
    return { admitted: spent.reduce((sum, { admitted }) => sum + admitted, 0), remaining };
  }

  const names = ["a fixed window", "a token bucket", "two limits with costs of their own"] as const;
  const cases = names.flatMap((scenario) => [
    { scenario, how: "in one turn each", callsInTurn: CALLS },
    { scenario, how: "in turns of 7", callsInTurn: 7 },
  ]);
  test.skipIf(isMissing).each(cases)(
    `8 processes of 500 calls at once, $how, admit exactly what $scenario has${why}`,
    { timeout: 60_000 },
    async ({ scenario, callsInTurn }) => {
      const { admitted, remaining } = scenarios[scenario];
      const spent = await spend(PROCESSES, { scenario, calls: CALLS, callsInTurn });
      expect(spent).toEqual({ admitted, remaining });
    },
  );

  test.skipIf(isMissing)(
    `case 48: 4 processes of 200 calls at once admit exactly 10 of a limit of 10${why}`,
    { timeout: 60_000 },
    async () => {
      const { admitted, remaining } = scenarios["a limit of 10"];
      const spent = await spend(4, { scenario: "a limit of 10", calls: 200, callsInTurn: 200 });
      expect(spent).toEqual({ admitted, remaining });
    },
  );
});
