import { Pool } from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { command } from "./command.ts";
import { temporaryFolder } from "./serving.ts";

const { url, note } = inject("postgres");
const skipped = url === "" ? ` (skipped: ${note})` : "";

async function emptyDatabase(): Promise<{ pool: Pool; href: string }> {
  const name = `migrate_${process.pid}`;
  const admin = new Pool({ connectionString: url, max: 1 });
  await admin.query(`create database ${name}`);
  const { href } = Object.assign(new URL(url), { pathname: `/${name}` });
  const pool = new Pool({ connectionString: href, max: 1 }).on("error", () => {});
  onTestFinished(async () => {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return { pool, href };
}

const MADE = "select obj_description(to_regclass('sluice_records'), 'pg_class') as mark";

test.skipIf(url === "")(`migrates, as often as it is asked to${skipped}`, async () => {
  const { pool, href } = await emptyDatabase();
  for (let times = 0; times < 2; times++) {
    const running = command(["migrate", "--store", href], temporaryFolder());
    expect([await running.ended(), running.output]).toEqual([0, "sluice: the store is migrated\n"]);
    expect((await pool.query(MADE)).rows).toEqual([{ mark: "sluice 1" }]);
  }
});

test.skipIf(url === "")(`--print prints SQL that does the same${skipped}`, async () => {
  const { pool } = await emptyDatabase();
  const running = command(["migrate", "--print"], temporaryFolder());
  expect(await running.ended()).toBe(0);
  await pool.query(running.output);
  expect((await pool.query(MADE)).rows).toEqual([{ mark: "sluice 1" }]);
});

test("without a server it says what is missing, and without a password", async () => {
  for (const store of ["", "memory", "sqlite:limits.db"]) {
    const running = command(["migrate"], temporaryFolder(), { SLUICE_STORE: store });
    expect(await running.ended()).toBe(1);
    expect(running.output).toContain("--store postgres://..., or --print");
  }
  const away = command(["migrate", "--store", "postgres://u:secret@127.0.0.1:1/none"], temporaryFolder());
  expect(await away.ended()).toBe(1);
  expect(away.output).toMatch(/sluice: .*ECONNREFUSED/);
  expect(away.output).not.toContain("secret");
});
