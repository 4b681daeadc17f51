import { Pool } from "pg";
import { StoreError, tokenBucket } from "sluice";
import { postgresStore, type PostgresStore } from "sluice/postgres";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(
  `migrate() ${url === "" ? `(skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  () => {
    const at = postgresAt(url);

    async function inSchema() {
      const pool = at.pool();
      const schema = await at.schema();
      const table = `${schema}.sluice_records`;
      return { pool, schema, table };
    }

    /** A role that may do nothing yet, and a pool of it. */
    async function role(admin: Pool, schema: string) {
      const name = `${schema}_role`;
      await admin.query(`create role ${name} login`);
      onTestFinished(async () => void (await admin.query(`drop owned by ${name}; drop role ${name}`)));
      const own = Object.assign(new URL(url), { username: name });
      return { name, pool: at.pool({ connectionString: own.href }) };
    }

    const spend = (store: PostgresStore) => strictLimiter(store).consume("a");

    const refund = (store: PostgresStore) =>
      store
        .prepare({
          namespace: "migrate",
          pool: "",
          limits: [tokenBucket({ capacity: 9, refill: "1/d" })],
          block: { scope: "", duration: 0 },
        })
        .act("a", { does: "refund", costs: 1 });

    const functionsOf = ({ migration }: PostgresStore) =>
      [...migration.matchAll(/function (\S+?)\(/g)].map(([, name]) => name);

    test("makes it for a role that is strict with functions of its own", async () => {
      const { table } = await inSchema();
      const pool = at.pool({ options: "-c plpgsql.extra_errors=all" });
      const store = postgresStore(pool, { table });
      await store.migrate();
      expect((await spend(store)).remaining).toBe(8);
      await refund(store);
    });

    test("makes what is missing, and the second time nothing", async () => {
      const { pool, table } = await inSchema();
      const store = postgresStore(pool, { table });
      await expect(spend(store)).rejects.toThrow(/call store\.migrate\(\) once/);
      await expect(spend(store)).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await store.migrate();
      expect((await spend(store)).remaining).toBe(8);
      await store.migrate();
      expect((await spend(store)).remaining).toBe(7);
    });

    test("makes one function where only the other is there", async () => {
      const { pool, table } = await inSchema();
      const store = postgresStore(pool, { table });
      for (const name of functionsOf(store)) {
        await store.migrate();
        await pool.query(`drop function ${name}`);
        await expect(Promise.all([spend(store), refund(store)])).rejects.toThrow(
          /call store\.migrate\(\) once/,
        );
      }
      await store.migrate();
      await expect(Promise.all([spend(store), refund(store)])).resolves.toHaveLength(2);
    });

    test("of several processes at once makes it once, over both clients", async () => {
      const { table } = await inSchema();
      const stores = [at.pool(), at.sql(), at.pool(), at.sql()].map((client) =>
        postgresStore(client, { table }),
      );
      await expect(Promise.all(stores.map((store) => store.migrate()))).resolves.toHaveLength(4);
      await expect(Promise.all(stores.map(spend))).resolves.toHaveLength(4);
    });

    test("prints as SQL what it runs: run by itself, in one transaction, it does the same", async () => {
      const { pool, table } = await inSchema();
      const store = postgresStore(pool, { table });
      for (let times = 0; times < 2; times++) {
        const client = await pool.connect();
        await client.query("begin");
        await client.query(store.migration);
        await client.query("commit");
        client.release();
      }
      expect((await spend(store)).remaining).toBe(8);
    });

    test.each(["serializable", "repeatable read"])(
      "works where transactions begin as %s",
      async (isolation) => {
        const { table } = await inSchema();
        const pool = at.pool({
          options: `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`,
        });
        const stores = [1, 2, 3].map(() => postgresStore(pool, { table, onWarning: () => {} }));
        await Promise.all(stores.map((store) => store.migrate()));
        expect((await spend(stores[0])).remaining).toBe(8);
      },
    );

    test("makes all or nothing, and leaves no transaction open", async () => {
      const { pool, schema, table } = await inSchema();
      // A function of that name that answers something else cannot be replaced: the last statement fails.
      const [, act] = functionsOf(postgresStore(pool, { table }));
      await pool.query(
        `create function ${act}(text[], bigint[], bigint) returns text language sql as 'select ''x'''`,
      );
      for (const client of [pool, at.sql()])
        await expect(postgresStore(client, { table }).migrate()).rejects.toMatchObject({
          code: "STORE_FAILED",
        });
      const { rows } = await pool.query("select to_regclass($1) as made", [table]);
      expect(rows).toEqual([{ made: null }]);
      const open = "select from pg_stat_activity where query like $1 and state like 'idle in transaction%'";
      expect((await pool.query(open, [`%${schema}%`])).rowCount).toBe(0);
    });

    test("leaves the table of a newer version alone", async () => {
      const { pool, table } = await inSchema();
      const store = postgresStore(pool, { table });
      await store.migrate();
      await pool.query(`comment on table ${table} is 'sluice 2'`);
      const failure = store.migrate();
      await expect(failure).rejects.toBeInstanceOf(StoreError);
      await expect(failure).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await expect(failure).rejects.toThrow(
        /newer sluice \(sluice 2\), this one knows sluice 1.*nothing was changed/,
      );
      const { rows } = await pool.query("select obj_description(to_regclass($1), 'pg_class') as mark", [
        table,
      ]);
      expect(rows).toEqual([{ mark: "sluice 2" }]);
    });

    test("leaves the table of somebody else alone", async () => {
      const { pool, table } = await inSchema();
      await pool.query(`create table ${table} (name text)`);
      await expect(postgresStore(pool, { table }).migrate()).rejects.toThrow(
        /comment does not say that sluice made it/,
      );
      expect((await pool.query(`select * from ${table}`)).fields).toHaveLength(1);
    });

    test("wants its schema to be there", async () => {
      const store = postgresStore(at.pool(), { table: "nowhere_to_be_found.records" });
      await expect(store.migrate()).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await expect(store.migrate()).rejects.toThrow(/create the schema/);
      await expect(spend(store)).rejects.toThrow(/create the schema/);
    });

    test("says what to grant to a role that may create nothing", async () => {
      const { pool, schema, table } = await inSchema();
      const { name, pool: weak } = await role(pool, schema);
      const store = postgresStore(weak, { table });
      await expect(store.migrate()).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await expect(store.migrate()).rejects.toThrow(
        /permission denied for schema.*to migrate it needs create on the schema/,
      );
      await pool.query(`grant usage, create on schema ${schema} to ${name}`);
      await store.migrate();
      expect((await spend(store)).remaining).toBe(8);
    });

    test("is no matter for a role of least privilege, which decides, resets and calls it without effect", async () => {
      const { pool, schema, table } = await inSchema();
      await postgresStore(pool, { table }).migrate();
      const { name, pool: least } = await role(pool, schema);
      const warnings: string[] = [];
      const store = postgresStore(least, { table, onWarning: ({ code }) => warnings.push(code) });
      await expect(spend(store)).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
      await expect(spend(store)).rejects.toThrow(
        /grant this role select, insert, update and delete on the table, execute/,
      );
      while (warnings.length === 0) await pool.query("select 1");
      const [decide, act] = functionsOf(store);
      await pool.query(`
      revoke execute on function ${decide}, ${act} from public;
      grant usage on schema ${schema} to ${name};
      grant select, insert, update, delete on ${table} to ${name};
      grant execute on function ${decide}, ${act} to ${name}`);
      await store.migrate();
      const limiter = strictLimiter(store);
      expect((await limiter.consume("a")).remaining).toBe(8);
      await limiter.reset("a");
      expect((await limiter.consume("a")).remaining).toBe(8);
      await expect(refund(store)).resolves.toMatchObject({ allowed: true });
      await expect(least.query(`alter table ${table} set logged`)).rejects.toThrow(/must be owner/);
      expect(warnings).toEqual(["POSTGRES_PERMISSION"]);
    });

    describe("of a durable store", () => {
      const isLogged = async (pool: Pool, table: string) => {
        const text = "select relpersistence = 'p' as logged from pg_class where oid = to_regclass($1)";
        return (await pool.query<{ logged: boolean }>(text, [table])).rows[0].logged;
      };

      test("makes a table that a crash leaves as it was; without the option, one that it empties", async () => {
        const durable = await inSchema();
        await postgresStore(durable.pool, { table: durable.table, durable: true }).migrate();
        expect(await isLogged(durable.pool, durable.table)).toBe(true);
        const { pool, table } = await inSchema();
        await postgresStore(pool, { table }).migrate();
        expect(await isLogged(pool, table)).toBe(false);
      });

      test("makes an unlogged table durable, with what it holds", async () => {
        const { pool, table } = await inSchema();
        const store = postgresStore(pool, { table });
        await store.migrate();
        await spend(store);
        const durable = postgresStore(pool, { table, durable: true });
        await durable.migrate();
        expect(await isLogged(pool, table)).toBe(true);
        expect((await spend(durable)).remaining).toBe(7);
      });

      test("is not undone by a store that does not ask for it", async () => {
        const { pool, table } = await inSchema();
        await postgresStore(pool, { table, durable: true }).migrate();
        const plain = postgresStore(pool, { table });
        await plain.migrate();
        await pool.query(plain.migration);
        expect(await isLogged(pool, table)).toBe(true);
      });
    });
  },
);
