import { Pool } from "pg";
import { rateLimiter } from "sluice";
import { postgresStore } from "sluice/postgres";
import { testStore } from "sluice/testing";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(`postgresStore over pg ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  const open = () => new Pool({ connectionString: url });

  function connect(): Pool {
    const pool = open();
    onTestFinished(() => pool.end());
    return pool;
  }

  beforeAll(async () => {
    const pool = open();
    await postgresStore(pool).migrate();
    await pool.end();
  });

  testStore(
    () => {
      const pool = open();
      return { store: postgresStore(pool), close: () => pool.end() };
    },
    { describe, test },
    { name: "postgresStore" },
  );

  test("calls of one turn on several pools admit exactly the limit", async () => {
    const limiters = [1, 2, 3, 4].map(() =>
      rateLimiter({ limits: "50/d", store: postgresStore(connect()), namespace: "contention" }),
    );
    const calls = limiters.flatMap((limiter) =>
      Array.from({ length: 100 }, () => limiter.consume("everybody")),
    );
    const decisions = await Promise.all(calls);
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test("processes that migrate at once do not disturb each other", async () => {
    const stores = [1, 2, 3, 4].map(() => postgresStore(connect()));
    await expect(Promise.all(stores.map((store) => store.migrate()))).resolves.toHaveLength(4);
  });

  test("rows that equal nothing leave by the traffic", async () => {
    const pool = connect();
    const store = postgresStore(pool);
    await pool.query(
      "insert into sluice_records select 'A idle ' || n, '{1}', 1 from generate_series(1, 300) n",
    );
    const limiter = rateLimiter({ limits: "1000/h", store, namespace: "idle" });
    for (let i = 0; i < 400; i++) await limiter.consume("a");
    const { rows } = await pool.query("select count(*) from sluice_records where name like 'A idle %'");
    expect(rows).toEqual([{ count: "0" }]);
  });

  test("what is no client is refused at construction", () => {
    expect(() => postgresStore({} as never)).toThrow(/takes a pool of pg/);
  });
});
