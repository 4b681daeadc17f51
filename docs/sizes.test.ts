import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { adaptive, type LimitsInput, rateLimiter, type Store } from "sluice";
import { postgresStore } from "sluice/postgres";
import { redisStore } from "sluice/redis";
import { sqliteStore } from "sluice/sqlite";
import { describe, expect, inject, onTestFinished, test } from "vitest";

const page = readFileSync(new URL("choosing-a-store.md", import.meta.url), "utf8");
const KEYS = 5000;

const sets: Readonly<Record<string, LimitsInput>> = {
  "a sliding window": "100/h",
  "three sliding windows": ["100/h", "1000/d", "10/m"],
  "an adaptive limit": adaptive({ limit: 100, window: "1h" }),
};

/** What the page says in the column of a store, but for what versions of servers differ by. */
function expectSaid(row: string, column: number, found: number): void {
  const cells = new RegExp(`^\\| ${row} \\| (.*) \\|$`, "m").exec(page)![1].split(" | ");
  const said = Number(cells[column]);
  expect(found, `${row}: ${found}`).toBeGreaterThan(said * 0.85);
  expect(found, `${row}: ${found}`).toBeLessThan(said * 1.15);
}

const skipped = ({ url, note }: { url: string; note: string }) => (url === "" ? ` (skipped: ${note})` : "");

/** A call on each of many keys of 13 bytes. */
async function fill(store: Store, limits: LimitsInput): Promise<void> {
  const limiter = rateLimiter({ namespace: "shop", limits, store, onStoreError: "throw", timeoutMs: 60_000 });
  for (let i = 0; i < KEYS; i += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, j) => limiter.consume(`user:${10_000_000 + i + j}`)));
  }
}

describe.each(Object.entries(sets))("%s takes as many bytes as the page says", (row, limits) => {
  test("in a file of SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-sizes-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const store = sqliteStore(join(folder, "sizes.db"));
    await fill(store, limits);
    await store.close();
    expectSaid(row, 1, statSync(join(folder, "sizes.db")).size / KEYS);
  });

  const redis = inject("redis");
  test.skipIf(redis.url === "")(`in Redis${skipped(redis)}`, async () => {
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const prefix = `sizes${Object.keys(sets).indexOf(row)}:`;
    await fill(redisStore(client, { prefix, onWarning: () => {} }), limits);
    const [name] = await client.keys(`${prefix}*user:10000042`);
    expectSaid(row, 2, (await client.memory("USAGE", name))!);
  });

  const postgres = inject("postgres");
  test.skipIf(postgres.url === "")(`in PostgreSQL${skipped(postgres)}`, async () => {
    const pool = new Pool({ connectionString: postgres.url });
    pool.on("error", () => {});
    onTestFinished(() => pool.end());
    const table = `sizes_${Object.keys(sets).indexOf(row)}`;
    const store = postgresStore(pool, { table });
    await store.migrate();
    onTestFinished(async () => void (await pool.query(`drop table ${table}`)));
    await fill(store, limits);
    await pool.query(`vacuum full ${table}`);
    const { rows } = await pool.query<{ bytes: number }>(
      `select pg_total_relation_size('${table}')::int as bytes`,
    );
    expectSaid(row, 3, rows[0].bytes / KEYS);
  });
});
