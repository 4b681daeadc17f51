import { Pool, type PoolClient } from "pg";
import { rateLimiter } from "sluice";
import { postgresStore } from "sluice/postgres";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { freePort } from "../../../../test/services/freePort.ts";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(
  `faults of PostgreSQL ${url === "" ? `(skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  () => {
    const at = postgresAt(url);

    /** A migrated table, and how often a call was sent through a pool. */
    async function table() {
      const name = `${await at.schema()}.sluice_records`;
      const admin = at.pool();
      await postgresStore(admin, { table: name }).migrate();
      return { name, admin };
    }

    /** A pool that counts what is sent to decide. */
    function counted(pool: Pool) {
      const sent = { calls: 0 };
      const query = (given: { name?: string; text: string }) => {
        if (given.name?.startsWith("sluice decide")) sent.calls++;
        return pool.query(given);
      };
      return { sent, pool: Object.assign(Object.create(pool) as Pool, { query }) };
    }

    /** Somebody else's transaction that has changed the rows of keys and not yet ended. */
    async function holding(admin: Pool, table: string, key: string): Promise<PoolClient> {
      const client = await admin.connect();
      onTestFinished(async () => {
        await client.query("rollback");
        client.release();
      });
      await client.query("begin");
      await change(client, table, key);
      return client;
    }

    async function change(client: PoolClient, table: string, key: string): Promise<void> {
      const text = `update ${table} set expires_at = expires_at where name like '%' || $1`;
      expect((await client.query(text, [key])).rowCount).toBe(1);
    }

    /** Until so many of our statements wait for a lock. */
    async function waiting(admin: Pool, table: string, count: number): Promise<void> {
      const [schema] = table.split(".");
      const text =
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like $1 and pid <> pg_backend_pid()";
      while ((await admin.query(text, [`%${schema}%`])).rowCount! < count);
    }

    test("a call that is undone for the order of transactions is sent again, and counted once", async () => {
      const { name, admin } = await table();
      const { pool, sent } = counted(at.pool({ options: "-c default_transaction_isolation=serializable" }));
      const limiter = strictLimiter(postgresStore(pool, { table: name, onWarning: () => {} }));
      await limiter.consume("a");
      const other = await holding(admin, name, "a");
      const call = limiter.consume("a");
      await waiting(admin, name, 1);
      await other.query("commit");
      expect((await call).remaining).toBe(7);
      expect(sent.calls).toBe(3);
    });

    test("a call that is always undone is sent eleven times in all, then fails, and is not counted", async () => {
      const { name, admin } = await table();
      await admin.query(`
      create function ${name}_undo() returns trigger language plpgsql as
        $$ begin raise exception using errcode = '40001'; end $$;
      create trigger undo before insert on ${name} for each row execute function ${name}_undo()`);
      const { pool, sent } = counted(at.pool());
      const limiter = strictLimiter(postgresStore(pool, { table: name }));
      await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_FAILED" });
      expect(sent.calls).toBe(11);
      expect((await admin.query(`select from ${name}`)).rowCount).toBe(0);
    });

    test("a call that is undone for a deadlock is sent again, and counted once", async () => {
      const { name, admin } = await table();
      const { pool, sent } = counted(at.pool({ options: "-c deadlock_timeout=20ms" }));
      const limiter = strictLimiter(postgresStore(pool, { table: name }));
      const consume = () => Promise.all(["a", "b", "c"].map((key) => limiter.consume(key)));
      await consume();
      // The calls have a, wait for b, and then ask for c of one who already waits for a: so theirs is the last step.
      const gate = await holding(admin, name, "b");
      const other = await holding(admin, name, "c");
      await other.query("set local deadlock_timeout = '60s'");
      const calls = consume();
      await waiting(admin, name, 1);
      const changed = change(other, name, "a");
      await waiting(admin, name, 2);
      await gate.query("commit");
      await changed;
      await other.query("commit");
      expect((await calls).map(({ remaining }) => remaining)).toEqual([7, 7, 7]);
      expect(sent.calls).toBe(3);
    });

    test("many calls that undo each other on many connections admit exactly the limit", async () => {
      const { name } = await table();
      const options = "-c default_transaction_isolation=serializable";
      const stores = [1, 2, 3].map(() =>
        postgresStore(at.pool({ max: 1, options }), { table: name, onWarning: () => {} }),
      );
      const limiters = stores.map(strictLimiter);
      const calls = limiters.flatMap((limiter) => Array.from({ length: 20 }, () => limiter.consume("a")));
      const decisions = await Promise.all(calls);
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(9);
    });

    test("nobody waits without end for somebody else's lock, and other calls have their connections back", async () => {
      const { name, admin } = await table();
      const limiter = strictLimiter(postgresStore(at.pool({ max: 2 }), { table: name }));
      const keys = ["held 1", "held 2"];
      for (const key of keys) {
        await limiter.consume(key);
        await holding(admin, name, key);
      }
      const failed = { code: "STORE_FAILED", message: expect.stringMatching(/lock timeout/) };
      const held = [limiter.consume(keys[0]), limiter.reset(keys[1])];
      await waiting(admin, name, 2);
      const free = limiter.consume("free");
      await Promise.all(held.map((call) => expect(call).rejects.toMatchObject(failed)));
      expect((await free).remaining).toBe(8);
    });

    test("a call that the limiter no longer waits for leaves its connection in order", async () => {
      const { name, admin } = await table();
      const pool = at.pool({ max: 1 });
      const store = postgresStore(pool, { table: name });
      const hasty = rateLimiter({ limits: "9/d", store, timeoutMs: 20, onEvent: () => {} });
      const patient = strictLimiter(store);
      await patient.consume("a");
      const other = await holding(admin, name, "a");
      expect((await hasty.consume("a")).degraded).toBe("local");
      await waiting(admin, name, 1);
      await other.query("commit");
      expect((await patient.peek("a", { cost: 0 })).remaining).toBe(7);
      expect(pool.totalCount).toBe(1);
    });

    test("statement_timeout ends a call, which is not sent again", async () => {
      const { name, admin } = await table();
      await strictLimiter(postgresStore(admin, { table: name })).consume("a");
      await holding(admin, name, "a");
      const { pool, sent } = counted(at.pool({ statement_timeout: 200 }));
      const limiter = strictLimiter(postgresStore(pool, { table: name }));
      await expect(limiter.consume("a")).rejects.toThrow(/statement timeout/);
      expect(sent.calls).toBe(1);
    });

    test("a connection that is lost during a call fails it, and it is not sent again", async () => {
      const { name, admin } = await table();
      const { pool, sent } = counted(at.pool());
      const limiter = strictLimiter(postgresStore(pool, { table: name }));
      await limiter.consume("a");
      const other = await holding(admin, name, "a");
      const call = limiter.consume("a");
      const cut = async () => {
        await waiting(admin, name, 1);
        const waits = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'";
        await admin.query(`${waits} and query like $1`, [`%${name.split(".")[0]}%`]);
      };
      await Promise.all([expect(call).rejects.toMatchObject({ code: "STORE_FAILED" }), cut()]);
      await other.query("rollback");
      expect(sent.calls).toBe(2);
      expect((await limiter.consume("a")).remaining).toBe(7);
    });

    test("a pool without a free connection fails a call after its own timeout, and works again", async () => {
      const { name } = await table();
      const pool = at.pool({ max: 1, connectionTimeoutMillis: 1000 });
      const limiter = strictLimiter(postgresStore(pool, { table: name }));
      const taken = await pool.connect();
      await expect(limiter.consume("a")).rejects.toMatchObject({
        code: "STORE_FAILED",
        message: expect.stringMatching(/timeout exceeded when trying to connect/),
      });
      taken.release();
      expect((await limiter.consume("a")).remaining).toBe(8);
    });

    test("a server without a free connection fails a call at once, over both clients", async () => {
      const { name, admin } = await table();
      const role = `${name.split(".")[0]}_one`;
      await admin.query(`create role ${role} login connection limit 0`);
      onTestFinished(async () => void (await admin.query(`drop role ${role}`)));
      const { href } = Object.assign(new URL(url), { username: role });
      const full = postgresAt(href);
      for (const client of [full.pool(), full.sql()]) {
        const limiter = strictLimiter(postgresStore(client, { table: name, onWarning: () => {} }));
        await expect(limiter.consume("a")).rejects.toMatchObject({
          code: "STORE_FAILED",
          message: expect.stringMatching(/too many connections/),
        });
      }
    });

    test.each([
      [
        "database",
        { pathname: "/nowhere_to_be_found" },
        /database "nowhere_to_be_found" does not exist; create the/,
      ],
      [
        "role",
        { username: "nobody_to_be_found" },
        /role "nobody_to_be_found" does not exist; check the role/,
      ],
    ])("a %s that is not there is a misconfiguration, over both clients", async (_, away, message) => {
      const { href } = Object.assign(new URL(url), away);
      const wrong = postgresAt(href);
      for (const client of [wrong.pool(), wrong.sql()]) {
        const warnings: string[] = [];
        const store = postgresStore(client, { onWarning: ({ code }) => warnings.push(code) });
        const failed = { code: "STORE_MISCONFIGURED", message: expect.stringMatching(message) };
        await expect(strictLimiter(store).consume("a")).rejects.toMatchObject(failed);
        await expect(store.ping()).rejects.toMatchObject(failed);
        expect(warnings).toEqual([]);
      }
    });

    test("a key that the encoding of the database cannot hold is a misconfiguration, and no outage", async () => {
      const admin = at.pool({ max: 1 });
      const database = `latin_${process.pid}`;
      const settings = "template template0 encoding latin1 lc_collate 'C' lc_ctype 'C'";
      await admin.query(`create database ${database} ${settings}`);
      onTestFinished(async () => void (await admin.query(`drop database ${database} with (force)`)));
      const { href } = Object.assign(new URL(url), { pathname: `/${database}` });
      const store = postgresStore(postgresAt(href).pool());
      await store.migrate();
      const limiter = strictLimiter(store);
      for (let call = 0; call < 6; call++)
        await expect(limiter.consume("用户")).rejects.toMatchObject({
          code: "STORE_MISCONFIGURED",
          message: expect.stringMatching(/encoding UTF8, which holds every key/),
        });
      expect((await limiter.consume("é")).remaining).toBe(8);
    });

    test("a server that is not there fails a call and says why, over both clients", async () => {
      const nobody = postgresAt(`postgres://sluice@localhost:${await freePort()}/postgres`);
      for (const client of [nobody.pool(), nobody.sql()]) {
        const store = postgresStore(client);
        const failed = { code: "STORE_FAILED", message: expect.stringMatching(/ECONNREFUSED/) };
        await expect(strictLimiter(store).consume("a")).rejects.toMatchObject(failed);
        await expect(store.ping()).rejects.toMatchObject(failed);
        await expect(store.migrate()).rejects.toMatchObject(failed);
      }
    });
  },
);
