import { Client, Pool } from "pg";
import postgres from "postgres";
import { isSluiceError, rateLimiter } from "sluice";
import { postgresStore, type PostgresClient } from "sluice/postgres";
import { testStore } from "sluice/testing";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { expectRefusalsRepeated } from "../onServer/expectRefusalsRepeated.ts";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const { url, note } = inject("postgres");
const skipped = url === "" ? `(skipped: ${note})` : "";

const clients: { name: string; open(): { client: PostgresClient; close(): Promise<void> } }[] = [
  {
    name: "pg",
    open() {
      const pool = new Pool({ connectionString: url }).on("error", () => {});
      return { client: pool, close: () => pool.end() };
    },
  },
  {
    name: "postgres",
    open() {
      const sql = postgres(url);
      return { client: sql, close: () => sql.end() };
    },
  },
];

describe.skipIf(url === "").each(clients)(`postgresStore over $name ${skipped}`, ({ open }) => {
  beforeAll(async () => {
    const { client, close } = open();
    await postgresStore(client).migrate();
    await close();
  });

  testStore(
    () => {
      const { client, close } = open();
      return { store: postgresStore(client), close };
    },
    { describe, test },
    { name: "postgresStore" },
  );
});

describe.skipIf(url === "")(`postgresStore ${skipped}`, { timeout: 60_000 }, () => {
  const at = postgresAt(url);

  beforeAll(async () => {
    const pool = new Pool({ connectionString: url, max: 1 });
    await postgresStore(pool).migrate();
    await pool.end();
  });

  test("deniedCache: what was refused is refused again without the server, with its own wait", async () => {
    await expectRefusalsRepeated(postgresStore(at.pool(), { deniedCache: true }));
  });

  test("calls of one turn on several clients of both kinds admit exactly the limit", async () => {
    const clients = [at.pool(), at.sql(), at.pool(), at.sql()];
    const limiters = clients.map((client) =>
      rateLimiter({
        limits: "50/d",
        store: postgresStore(client),
        namespace: "contention",
        timeoutMs: 60_000,
        onStoreError: "throw",
      }),
    );
    const calls = limiters.flatMap((limiter) =>
      Array.from({ length: 100 }, () => limiter.consume("everybody")),
    );
    const decisions = await Promise.all(calls);
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test.each(["read committed", "repeatable read", "serializable"])(
    "sets of calls on keys that others call too admit exactly the limit of each, in transactions that begin as %s",
    async (isolation) => {
      const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
      const limiters = [1, 2].map(() =>
        rateLimiter({
          limits: "9/d",
          store: postgresStore(at.pool({ max: 1, options }), { onWarning: () => {} }),
          namespace: `sets ${isolation}`,
          timeoutMs: 60_000,
          onStoreError: "throw",
        }),
      );
      const allowed = new Map<string, number>();
      for (let turn = 0; turn < 30; turn++) {
        const keys = Array.from({ length: 8 }, (_, n) => `key ${Math.floor(turn / 3) + n}`);
        const calls = limiters.flatMap((limiter, i) =>
          (i === 0 ? keys : keys.toReversed()).map((key) => limiter.consume(key)),
        );
        for (const decision of await Promise.all(calls))
          if (decision.allowed) allowed.set(decision.key, (allowed.get(decision.key) ?? 0) + 1);
      }
      const turns = (n: number) => 3 * (Math.min(n, 9) - Math.max(0, n - 7) + 1);
      expect([...allowed]).toEqual(
        [...allowed].map(([key]) => [key, Math.min(9, 2 * turns(Number(key.slice(4))))]),
      );
      expect(allowed.size).toBe(17);
    },
  );

  test("stores of several tables share a pool and nothing else", async () => {
    const pool = at.pool();
    const schema = await at.schema();
    const tables = [`${schema}.sluice_records`, `${schema}.Other$1`, "sluice_records"];
    for (const [i, table] of tables.entries()) {
      const store = postgresStore(pool, { table });
      await store.migrate();
      const limiter = rateLimiter({ limits: "9/d", store, namespace: "tables", onStoreError: "throw" });
      for (let spent = 0; spent < i; spent++) await limiter.consume("a");
      expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(9 - i);
      await limiter.reset("a");
      expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(9);
    }
  });

  test.each([
    ["that reads bigint as BigInt", { types: { bigint: postgres.BigInt } }],
    ["that prepares nothing, for PgBouncer", { prepare: false }],
    ["that fetches no types", { fetch_types: false }],
    ["that renames columns", { transform: postgres.pascal }],
    ["that makes lists of rows", { transform: { row: Object.values } }],
  ])("postgres %s gives the same answers", async (_, options) => {
    const sql = postgres(url, options);
    try {
      const limiter = rateLimiter({
        limits: ["5/s", "9/d"],
        store: postgresStore(sql),
        namespace: `options of postgres ${Object.keys(options).join()}`,
        onStoreError: "throw",
        timeoutMs: 60_000,
      });
      const key = "a \"key\", {with} \\ and 'quotes'";
      const decisions = await Promise.all([1, 2, 3].map((cost) => limiter.consume(key, { cost })));
      expect(decisions.map(({ remaining }) => remaining)).toEqual([4, 2, 2]);
      await limiter.reset(key);
      expect((await limiter.peek(key, { cost: 0 })).limits[1].remaining).toBe(9);
    } finally {
      await sql.end();
    }
  });
});

test.skipIf(url === "")(
  `a client that renames columns finds what is migrated, and looks once ${skipped}`,
  async () => {
    const at = postgresAt(url);
    const table = `${await at.schema()}.sluice_records`;
    await postgresStore(at.pool(), { table }).migrate();
    const sent: string[] = [];
    const sql = postgres(url, { max: 1, transform: postgres.camel, debug: (_, text) => sent.push(text) });
    onTestFinished(() => sql.end());
    const store = postgresStore(sql, { table });
    await store.migrate();
    const limiter = strictLimiter(store);
    for (let call = 0; call < 3; call++) await limiter.consume("a");
    await store.ping();
    expect(sent.filter((text) => text.includes("table if not exists"))).toEqual([]);
    expect(sent.filter((text) => text.includes("server_version_num"))).toHaveLength(2);
  },
);

test("what is no reply of ours is a fault, and no answer", async () => {
  const sql = Object.assign(() => {}, { unsafe: async () => [{ reply: null }], begin() {} });
  const limiter = strictLimiter(postgresStore(sql, { onWarning: () => {} }));
  const failed = {
    code: "STORE_FAILED",
    message: expect.stringMatching(/answered null in place of numbers/),
  };
  await expect(limiter.consume("a")).rejects.toMatchObject(failed);
  await expect(limiter.refund("a")).rejects.toMatchObject(failed);
});

describe.skipIf(url === "")(`a session of pg that is not the one of before ${skipped}`, () => {
  const at = postgresAt(url);

  async function store() {
    const pool = at.pool({ max: 1 });
    const table = `${await at.schema()}.sluice_records`;
    const made = postgresStore(pool, { table });
    await made.migrate();
    return {
      pool,
      limiter: strictLimiter(made),
      name: `sluice decide ${made.migration.match(/sluice_decide_(\w+)/)![1]}`,
    };
  }

  test("does not know what was prepared: the call is sent again, and counted once", async () => {
    const { pool, limiter } = await store();
    await limiter.consume("a");
    await pool.query("deallocate all");
    expect((await limiter.consume("a")).remaining).toBe(7);
    expect((await limiter.consume("a")).remaining).toBe(6);
  });

  test("knows it already: the call is sent again, and counted once", async () => {
    const { pool, limiter, name } = await store();
    await pool.query(`prepare "${name}" as select 1`);
    expect((await limiter.consume("a")).remaining).toBe(8);
    expect((await limiter.consume("a")).remaining).toBe(7);
  });
});

describe("what postgresStore takes", () => {
  const lazy = { pool: new Pool({ max: 1 }), sql: postgres({ max: 1 }) };

  test("pools of both clients, without connecting", () => {
    expect(() => postgresStore(lazy.pool)).not.toThrow();
    expect(() => postgresStore(lazy.sql)).not.toThrow();
    expect(lazy.pool.totalCount).toBe(0);
  });

  test("not a single client, on which a transaction of its owner may be open", () => {
    // @ts-expect-error nor does it compile
    expect(() => postgresStore(new Client())).toThrow(/single client.*new Pool\(\{ max: 1 \}\)/);
  });

  test("nor a client of MySQL, which is told as what it is", () => {
    const [query, execute, getConnection] = [() => {}, () => {}, () => {}];
    for (const client of [
      { query, execute, getConnection },
      { query, getConnection },
      { query, execute },
    ])
      expect(() => postgresStore(client as never)).toThrow(/not a client of MySQL or MariaDB$/);
  });

  test.skipIf(url === "")(`nor the sql of a transaction or a reserved connection ${skipped}`, async () => {
    const sql = postgresAt(url).sql();
    await sql.begin((own) => {
      // @ts-expect-error nor does it compile
      expect(() => postgresStore(own)).toThrow(/sql of a transaction/);
    });
    const reserved = await sql.reserve();
    // @ts-expect-error nor does it compile
    expect(() => postgresStore(reserved)).toThrow(/reserved connection/);
    reserved.release();
  });

  test.each([[{}], [null], ["postgres://127.0.0.1"], [() => {}]])("nor %s", (client) => {
    expect(() => postgresStore(client as never)).toThrow(/takes a pool of pg, or the sql function/);
  });

  test.each([
    ["", "sluice_records"],
    [7, "sluice_records"],
    ["a b", "a_b"],
    ["7up", "_7up"],
    ['"Quoted"', "Quoted"],
    ["database.limits.records", "limits.records"],
    ["x".repeat(64), "x".repeat(63)],
    ["a; drop table users", "a__drop_table_users"],
  ])("not the table %j, and it names the nearest: %s", (table, nearest) => {
    const error = thrown(() => postgresStore(lazy.pool, { table: table as string }));
    expect(error).toMatchObject({ code: "INVALID_OPTION", path: "table", value: table, nearest });
    expect(() => postgresStore(lazy.pool, { table: nearest })).not.toThrow();
  });

  test("not what is no option, no choice and no listener", () => {
    const unknown = thrown(() => postgresStore(lazy.pool, { durabel: true } as never));
    expect(unknown).toMatchObject({ code: "UNKNOWN_OPTION", nearest: "durable" });
    const choice = thrown(() => postgresStore(lazy.pool, { durable: "yes" as never }));
    expect(choice).toMatchObject({ code: "INVALID_OPTION", path: "durable", nearest: false });
    const listener = thrown(() => postgresStore(lazy.pool, { onWarning: "console" as never }));
    expect(listener).toMatchObject({ code: "INVALID_OPTION", path: "onWarning" });
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    expect(isSluiceError(error)).toBe(true);
    return error;
  }
  throw new Error("nothing was thrown");
}
