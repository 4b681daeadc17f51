import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Pool, type PoolClient } from "pg";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type Mode, type Outcome, type Plan, tokenBucket } from "../../src/index.ts";
import { postgresStore, type PostgresStore } from "../../src/stores/postgres.ts";
import { recordNames } from "../../src/stores/recordName.ts";

const { url, note } = inject("postgres");

/** Deadlocks are not looked for while a test runs: whoever runs into one waits until it gives up. */
const SETTINGS = "-c deadlock_timeout=60s";

const why = url === "" ? ` (skipped: ${note})` : "";
describe.skipIf(url === "")(`the locks of PostgreSQL${why}`, { timeout: 30_000 }, () => {
  beforeAll(async () => {
    const pool = new Pool({ connectionString: url });
    await postgresStore(pool).migrate();
    await pool.end();
  });

  /** A plan of its own pool, `z` after `a`: calls lock their rows in the order of their names. */
  const namespace = `locks ${randomUUID()}`;
  function planOf(pool: string, blockFor: number = 0): Plan {
    const limits = [tokenBucket({ capacity: 10, refill: "1/d", countDenied: blockFor > 0 })];
    return { namespace, pool, limits, block: { scope: pool, duration: blockFor } };
  }
  const rowOf = (plan: Plan) => `${recordNames(plan).states}key`;

  /** Connected, so that what waits for a lock does not wait for what comes after it to connect. */
  async function connect(name: string): Promise<Pool> {
    const pool = new Pool({ connectionString: url, options: SETTINGS, application_name: name, max: 1 });
    pool.on("error", () => {});
    onTestFinished(() => pool.end());
    await pool.query("select 1");
    return pool;
  }

  async function begin(pool: Pool): Promise<PoolClient> {
    const client = await pool.connect();
    onTestFinished(() => client.release());
    await client.query("begin");
    return client;
  }

  type Call = readonly [plan: Plan, mode: Mode, cost: number];

  /** Makes calls in one turn. */
  function callAll(store: PostgresStore, ...calls: readonly Call[]): Promise<Outcome[]> {
    return Promise.all(calls.map(([plan, mode, cost]) => store.prepare(plan).decide("key", cost, mode)));
  }

  /** Resolves when one connection waits for a lock of the other; rejects if its calls fail before. */
  async function untilWaiting(
    calls: Promise<unknown>,
    seen: Pool,
    name: string,
    holder: string,
  ): Promise<void> {
    const text = `
      select from pg_stat_activity waiting join pg_stat_activity holder on holder.pid = any(pg_blocking_pids(waiting.pid))
      where waiting.application_name = $1 and holder.application_name = $2`;
    const ended = new AbortController();
    const end = () => ended.abort();
    calls.then(end, end);
    const waits = async () => {
      while (!ended.signal.aborted && (await seen.query(text, [name, holder])).rowCount === 0)
        await setTimeout(2);
    };
    await Promise.race([calls, waits()]);
    if (ended.signal.aborted) throw new Error(`${name} did not wait for ${holder}`);
  }

  test("calls that share rows do not wait for each other in a circle when one of the rows is removed", async () => {
    const [a, b, c] = ["a", "b", "c"].map((pool) => planOf(pool));
    const [seen, holding, removing] = await Promise.all(["observer", "holder", "remover"].map(connect));
    const [one, other] = (await Promise.all(["first", "second"].map(connect))).map((pool) =>
      postgresStore(pool),
    );
    await callAll(postgresStore(seen), [a, "consume", 1], [b, "consume", 1]);
    const [holder, remover] = [await begin(holding), await begin(removing)];
    await holder.query("select from sluice_records where name = $1 for update", [rowOf(a)]);

    // Nobody has `c` yet: the first announces that it will make it, and waits for `a`.
    const first = callAll(one, [a, "consume", 1], [b, "consume", 1], [c, "consume", 1]);
    await untilWaiting(first, seen, "first", "holder");

    // Somebody else made `c`, and is removing it: the second holds `b`, and waits for `c`.
    await seen.query("insert into sluice_records values ($1, '{1}', 0)", [rowOf(c)]);
    await remover.query("delete from sluice_records where name = $1", [rowOf(c)]);
    const second = callAll(other, [b, "consume", 1], [c, "consume", 1]);
    await untilWaiting(second, seen, "second", "remover");

    // Now the first waits for `b` of the second; `c` is gone, and the second must not wait for the first.
    await holder.query("commit");
    await untilWaiting(first, seen, "first", "second");
    await remover.query("commit");
    const outcomes = await Promise.all([first, second]);
    expect(outcomes.flat().map(({ allowed }) => allowed)).toEqual([true, true, true, true, true]);
  });

  test("a peek beside calls that consume sees all of what another call did, or nothing", async () => {
    const [a, b, c] = [planOf("d", 60_000_000), planOf("e"), planOf("f")];
    const [seen, holding] = await Promise.all(["observer", "holder"].map(connect));
    const [one, other] = (await Promise.all(["first", "second"].map(connect))).map((pool) =>
      postgresStore(pool),
    );
    await callAll(postgresStore(seen), [a, "consume", 4], [c, "consume", 1]);
    const holder = await begin(holding);
    await holder.query("select from sluice_records where name = $1 for update", [rowOf(c)]);

    // The first is refused, which empties the bucket and blocks the key: it holds the row of `a`, and waits for `c`.
    const first = callAll(one, [a, "consume", 7], [c, "consume", 1]);
    await untilWaiting(first, seen, "first", "holder");

    const second = callAll(other, [a, "peek", 0], [b, "consume", 1]);
    await untilWaiting(second, seen, "second", "first");
    await holder.query("commit");
    expect((await first).map(({ allowed }) => allowed)).toEqual([false, true]);
    const [{ blocked, verdicts }] = await second;
    expect({ blocked, remaining: verdicts[0].remaining }).toEqual({ blocked: true, remaining: 0 });
  });

  test("a call that waited for its row finds the block that was started meanwhile", async () => {
    const limits = [tokenBucket({ capacity: 10, refill: "1/d" })];
    const plan: Plan = { namespace, pool: "g", limits, block: { scope: "g", duration: 60_000_000 } };
    const [seen, holding] = await Promise.all(["observer", "holder"].map(connect));
    const first = postgresStore(await connect("first"));
    await callAll(postgresStore(seen), [plan, "consume", 1]);
    const holder = await begin(holding);
    await holder.query("select from sluice_records where name = $1 for update", [rowOf(plan)]);

    const call = callAll(first, [plan, "consume", 1]);
    await untilWaiting(call, seen, "first", "holder");
    const [now, forever] = [Date.now() * 1000, 2 ** 52];
    await holder.query("insert into sluice_records values ($1, $2, $3)", [
      `${recordNames(plan).block}key`,
      [1, 0, forever, 2, now, 60_000_000],
      forever,
    ]);
    await holder.query("commit");
    const [{ blocked, verdicts }] = await call;
    expect({ blocked, remaining: verdicts[0].remaining }).toEqual({ blocked: true, remaining: 9 });
  });

  test("a call that waited for its row in vain does not hold it while it asks for the block", async () => {
    const limits = [tokenBucket({ capacity: 10, refill: "1/d" })];
    const plan: Plan = { namespace, pool: "h", limits, block: { scope: "h", duration: 60_000_000 } };
    const beside = planOf("i");
    const [seen, holding] = await Promise.all(["observer", "holder"].map(connect));
    const [one, other] = (await Promise.all(["first", "second"].map(connect))).map((pool) =>
      postgresStore(pool),
    );
    await callAll(postgresStore(seen), [plan, "consume", 1]);
    const holder = await begin(holding);
    // The bucket is full now, which nobody sees yet.
    await holder.query("update sluice_records set record[6] = record[6] * 10 where name = $1", [rowOf(plan)]);

    const first = callAll(one, [plan, "consume", 1]);
    await untilWaiting(first, seen, "first", "holder");
    // The second announces that it may start the block, and waits for the row behind the first.
    const second = callAll(other, [plan, "consume", 1], [beside, "consume", 1]);
    await untilWaiting(second, seen, "second", "first");
    await holder.query("commit");
    const outcomes = await Promise.all([first, second]);
    expect(outcomes.flat().map(({ allowed }) => allowed)).toEqual([false, false, true]);
  });

  test("a set of calls that waited for a row decides by what it then finds", async () => {
    const plan = planOf("j");
    const [seen, holding] = await Promise.all(["observer", "holder"].map(connect));
    const first = postgresStore(await connect("first"));
    const spend = (...keys: string[]) =>
      Promise.all(keys.map((key) => first.prepare(plan).decide(key, 1, "consume")));
    await spend("key", "other");
    const holder = await begin(holding);
    for (const [times, found] of [
      [3, { fits: true, remaining: 6 }],
      [10, { fits: false, remaining: 0 }],
    ] as const) {
      await holder.query("update sluice_records set record[6] = record[6] * $2 where name = $1", [
        rowOf(plan),
        times,
      ]);
      const calls = spend("other", "key");
      await untilWaiting(calls, seen, "first", "holder");
      await holder.query("commit; begin");
      const [other, { verdicts }] = await calls;
      expect(other.allowed).toBe(true);
      expect(verdicts[0]).toMatchObject(found);
    }
  });

  test("a set of calls holds no row while it waits for somebody else to make one", async () => {
    const plan = planOf("k");
    const [seen, making] = await Promise.all(["observer", "maker"].map(connect));
    const [one, other] = (await Promise.all(["first", "second"].map(connect))).map((pool) =>
      postgresStore(pool).prepare(plan),
    );
    await one.decide("a", 1, "consume");
    const maker = await begin(making);
    await maker.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `${recordNames(plan).states}b`,
    ]);
    const calls = Promise.all(["a", "b"].map((key) => one.decide(key, 1, "consume")));
    await untilWaiting(calls, seen, "first", "maker");
    expect((await other.decide("a", 1, "consume")).verdicts[0].remaining).toBe(8);
    await maker.query("commit");
    const outcomes = await calls;
    expect(outcomes.map(({ verdicts }) => verdicts[0].remaining)).toEqual([7, 9]);
  });
});
