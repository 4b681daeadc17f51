import type { Pool } from "pg";
import type { Limiter } from "sluice";
import { postgresStore } from "sluice/postgres";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(
  `rows that equal nothing ${url === "" ? `(skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  () => {
    const at = postgresAt(url);

    async function withIdleRows(count: number) {
      const schema = await at.schema();
      const table = `${schema}.sluice_records`;
      const pool = at.pool();
      const sent = { sweeps: 0 };
      const query = (given: { name?: string; text: string }) => {
        if (given.name?.startsWith("sluice sweep")) sent.sweeps++;
        return pool.query(given);
      };
      const store = postgresStore(Object.assign(Object.create(pool) as Pool, { query }), { table });
      await store.migrate();
      await pool.query(
        `insert into ${table} select 'A idle ' || n, '{1}', 1 from generate_series(1, ${count}) n`,
      );
      return { schema, table, pool, sent, limiter: strictLimiter(store) };
    }

    async function idle(pool: Pool, table: string): Promise<string[]> {
      const text = `select name from ${table} where name like 'A idle %' order by 1`;
      return (await pool.query<{ name: string }>(text)).rows.map(({ name }) => name);
    }

    /** Calls, and looks, until so many are left; a sweep that never comes is the test's timeout. */
    async function callUntil(limiter: Limiter, pool: Pool, table: string, left: number): Promise<string[]> {
      for (;;) {
        for (let i = 0; i < 64; i++) await limiter.consume("a");
        const rows = await idle(pool, table);
        if (rows.length <= left) return rows;
      }
    }

    test("leave by the traffic, and what is alive stays", async () => {
      const { table, pool, limiter } = await withIdleRows(1000);
      await limiter.consume("alive");
      await callUntil(limiter, pool, table, 0);
      expect((await limiter.peek("alive", { cost: 0 })).remaining).toBe(8);
    });

    test("leave also where calls come in large batches", async () => {
      const { table, pool, limiter } = await withIdleRows(1000);
      const turn = () => Promise.all(Array.from({ length: 256 }, (_, i) => limiter.consume(`key ${i}`)));
      do await turn();
      while ((await idle(pool, table)).length > 0);
      expect((await pool.query(`select from ${table}`)).rowCount).toBe(256);
    });

    test("stay while somebody holds them, and hold up nothing", async () => {
      const { table, pool, limiter } = await withIdleRows(100);
      const client = await at.pool().connect();
      onTestFinished(() => client.release());
      await client.query("begin");
      await client.query(`select from ${table} where name = 'A idle 50' for update`);
      expect(await callUntil(limiter, pool, table, 1)).toEqual(["A idle 50"]);
      await client.query("rollback");
      await callUntil(limiter, pool, table, 0);
    });

    test("are removed beside the calls: while a sweep stands still, calls are answered", async () => {
      const { schema, table, pool, sent, limiter } = await withIdleRows(10);
      const gate = await pool.connect();
      await gate.query("select pg_advisory_lock(hashtext($1))", [schema]);
      await onDelete(
        pool,
        schema,
        table,
        `perform pg_advisory_xact_lock(hashtext('${schema}')); return old;`,
      );
      for (let i = 0; i < 300; i++) await limiter.consume("a");
      expect(await idle(pool, table)).toHaveLength(10);
      // No second sweep begins before the first has ended.
      expect(sent.sweeps).toBe(1);
      await gate.query("select pg_advisory_unlock(hashtext($1))", [schema]);
      gate.release();
      while ((await idle(pool, table)).length > 0);
    });

    test("are no matter for a call when their removal fails", async () => {
      const { schema, table, pool, limiter } = await withIdleRows(10);
      await onDelete(pool, schema, table, "raise exception 'no row leaves';");
      for (let i = 0; i < 300; i++) await limiter.consume("a");
      expect(await idle(pool, table)).toHaveLength(10);
      await pool.query(`drop trigger on_delete on ${table}`);
      await callUntil(limiter, pool, table, 0);
    });

    async function onDelete(pool: Pool, schema: string, table: string, body: string): Promise<void> {
      await pool.query(`
      create function ${schema}.on_delete() returns trigger language plpgsql as $$ begin ${body} end $$;
      create trigger on_delete before delete on ${table} for each row execute function ${schema}.on_delete()`);
    }
  },
);
