import { Pool } from "pg";
import { postgresStore } from "sluice/postgres";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { warningsOf } from "../../src/stores/postgres/startUpCheck.ts";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(
  `the start-up check ${url === "" ? `(skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  () => {
    const at = postgresAt(url);

    async function migrated() {
      const schema = await at.schema();
      const table = `${schema}.sluice_records`;
      const admin = at.pool();
      await postgresStore(admin, { table }).migrate();
      return { schema, table, admin };
    }

    /** The codes that a store of this pool warns of, until it has warned of the last one. */
    async function warnings(pool: Pool, table: string, last: string, durable: boolean = false) {
      const told: string[] = [];
      let end = () => {};
      const ended = new Promise<void>((resolve) => (end = resolve));
      const onWarning = ({ code, message }: { code: string; message: string }) => {
        told.push(`${code}: ${message}`);
        if (code === last) end();
      };
      const limiter = strictLimiter(postgresStore(pool, { table, durable, onWarning }));
      for (let i = 0; i < 5; i++) await limiter.consume("a");
      await ended;
      for (let i = 0; i < 5; i++) await limiter.consume("a");
      return told;
    }

    test("is one look, beside the calls, and finds nothing where all is well", async () => {
      const { table } = await migrated();
      const pool = at.pool();
      const looks: string[] = [];
      const query = (given: { text: string }) => {
        if (given.text.includes("server_version_num")) looks.push(given.text);
        return pool.query(given);
      };
      const store = postgresStore(Object.assign(Object.create(pool) as Pool, { query }), {
        table,
        onWarning: ({ code }) => looks.push(code),
      });
      expect(looks).toEqual([]);
      const limiter = strictLimiter(store);
      for (let i = 0; i < 20; i++) await limiter.consume("a");
      expect(looks).toHaveLength(1);
    });

    test("looks again while nothing is migrated", async () => {
      const { table, admin } = await migrated();
      const told: string[] = [];
      const other = `${table}_2`;
      const store = postgresStore(admin, {
        table: other,
        durable: true,
        onWarning: ({ code }) => told.push(code),
      });
      const limiter = strictLimiter(store);
      await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await postgresStore(admin, { table: other }).migrate();
      while (told.length === 0) await limiter.consume("a");
      expect(told).toEqual(["POSTGRES_UNLOGGED"]);
    });

    test("POSTGRES_PERMISSION: idle rows could never leave", async () => {
      const { schema, table, admin } = await migrated();
      const role = `${schema}_role`;
      await admin.query(`
      create role ${role} login;
      grant usage on schema ${schema} to ${role};
      grant select, insert, update on ${table} to ${role}`);
      onTestFinished(async () => void (await admin.query(`drop owned by ${role}; drop role ${role}`)));
      const { href } = Object.assign(new URL(url), { username: role });
      const told = await warnings(at.pool({ connectionString: href }), table, "POSTGRES_PERMISSION");
      expect(told).toEqual([expect.stringMatching(/^POSTGRES_PERMISSION: this role lacks delete on/)]);
    });

    test("POSTGRES_ISOLATION: calls on one key undo each other", async () => {
      const { table } = await migrated();
      const pool = at.pool({ options: "-c default_transaction_isolation=serializable" });
      const told = await warnings(pool, table, "POSTGRES_ISOLATION");
      expect(told).toEqual([
        expect.stringMatching(/^POSTGRES_ISOLATION: transactions begin as serializable/),
      ]);
    });

    test("POSTGRES_UNLOGGED: it is to be durable and is not", async () => {
      const { table } = await migrated();
      const told = await warnings(at.pool(), table, "POSTGRES_UNLOGGED", true);
      expect(told).toEqual([expect.stringMatching(/^POSTGRES_UNLOGGED: .* call migrate\(\)/)]);
    });

    test("POSTGRES_POOL_ERRORS: nobody listens to the pool", async () => {
      const { table } = await migrated();
      const pool = at.pool().removeAllListeners("error");
      const told = await warnings(pool, table, "POSTGRES_POOL_ERRORS");
      expect(told).toEqual([expect.stringMatching(/^POSTGRES_POOL_ERRORS: .*pool\.on\("error"/)]);
    });
  },
);

describe("what the start-up check finds", () => {
  const fine = {
    version: 140_000,
    isolation: "read committed",
    mark: "sluice 1",
    isDurable: false,
    hasFunctions: true,
    missing: "",
  };

  test("POSTGRES_VERSION: older than 14", () => {
    expect(warningsOf(fine, false)).toEqual([]);
    expect(warningsOf({ ...fine, version: 130_023 }, false)).toEqual([
      { code: "POSTGRES_VERSION", message: expect.stringMatching(/^PostgreSQL 13 is too old/) },
    ]);
  });
});
