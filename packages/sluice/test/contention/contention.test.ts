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

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start(PROCESSES, "spend.ts", () => []);
}, 60_000);
afterAll(async () => {
  await fleet?.end();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function spend(processes: number, job: SpendJob): Promise<Spent[]> {
  return fleet.ask(Array.from({ length: processes }, () => job));
}

let runs = 0;
const freshNamespace = () => `contention ${process.pid} ${runs++}`;
const sum = (spent: readonly Spent[]) => spent.reduce((all, { admitted }) => all + admitted, 0);

describe.each(stores)("several processes on $store", ({ url, note, prepare }) => {
  const isMissing = url === "";
  const why = isMissing ? ` (skipped: ${note})` : "";

  /** Everybody connects first, so that all begin at once. */
  async function spendAtOnce(processes: number, job: Omit<SpendJob, "store" | "namespace">): Promise<Spent> {
    const known = { ...job, store: url, namespace: freshNamespace() };
    await spend(processes, { ...known, calls: 0 });
    const admitted = sum(await spend(processes, known));
    const [{ remaining }] = await spend(1, { ...known, calls: 0 });
    return { admitted, remaining };
  }

  beforeAll(() => (isMissing ? undefined : prepare(url)), 60_000);

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
      const spent = await spendAtOnce(PROCESSES, { scenario, calls: CALLS, callsInTurn });
      expect(spent).toEqual({ admitted, remaining });
    },
  );

  test.skipIf(isMissing)(
    `case 48: 4 processes of 200 calls at once admit exactly 10 of a limit of 10${why}`,
    { timeout: 60_000 },
    async () => {
      const { admitted, remaining } = scenarios["a limit of 10"];
      const spent = await spendAtOnce(4, { scenario: "a limit of 10", calls: 200, callsInTurn: 200 });
      expect(spent).toEqual({ admitted, remaining });
    },
  );
});

const { url, note } = inject("redis");
test.skipIf(url === "")(
  `a store that reads, and writes in a second round trip, admits more${url === "" ? ` (skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  async () => {
    const job = { store: `unlocked+${url}`, namespace: freshNamespace(), calls: 200, callsInTurn: 200 };
    expect(sum(await spend(4, { ...job, scenario: "a limit of 10" }))).toBeGreaterThan(10);
  },
);
