import type { Pool } from "pg";
import { type Act, type Plan, type PreparedPlan, slidingWindow, tokenBucket } from "sluice";
import { postgresStore } from "sluice/postgres";
import { describe, expect, inject, test } from "vitest";
import { Random } from "../stores/twins/Random.ts";
import { postgresAt } from "./postgresAt.ts";

const { url, note } = inject("postgres");

describe.skipIf(url === "")(
  `acts in PostgreSQL ${url === "" ? `(skipped: ${note})` : ""}`,
  { timeout: 60_000 },
  () => {
    const at = postgresAt(url);

    async function migrated(): Promise<string> {
      const table = `${await at.schema()}.sluice_records`;
      await postgresStore(at.pool(), { table }).migrate();
      return table;
    }

    const planOf = (pool: string, blockFor: number = 0): Plan => ({
      namespace: "acts",
      pool,
      limits: [tokenBucket({ capacity: 100, refill: "1/d" })],
      block: { scope: pool, duration: blockFor },
    });

    const reserve = (id: string): Act => ({ does: "reserve", costs: 10, id, ttl: 60_000_000, nonce: 7 });

    /** The plan, over connections that share nothing but the table. Who runs into a deadlock there waits until it gives up. */
    function prepared(table: string, plan: Plan, connections: number): PreparedPlan[] {
      const pools = Array.from({ length: connections }, () =>
        at.pool({ max: 1, options: "-c deadlock_timeout=60s" }),
      );
      return pools.map((pool) => postgresStore(pool, { table }).prepare(plan));
    }

    test("of connections that reserve under one id one is charged, and of those that settle one settles", async () => {
      const table = await migrated();
      const connections = prepared(table, planOf("holds"), 8);
      const reserved = await Promise.all(connections.map((each) => each.act("a", reserve("job"))));
      expect(reserved.filter(({ hold }) => hold === "none")).toHaveLength(1);
      expect(reserved.filter(({ hold }) => hold === "open")).toHaveLength(7);
      expect(reserved.map(({ verdicts }) => verdicts[0].remaining)).toEqual(Array(8).fill(90));

      const settle: Act = { does: "settle", costs: 3, id: "job" };
      const settled = await Promise.all(connections.map((each) => each.act("a", settle)));
      expect(settled.filter(({ hold }) => hold === "open")).toHaveLength(1);
      expect(settled.filter(({ hold }) => hold === "settled")).toHaveLength(7);
      expect((await connections[0].decide("a", 0, "peek")).verdicts[0].remaining).toBe(97);
    });

    test("acts, calls, blocks and resets on few keys at once wait for nobody in a circle", async () => {
      const table = await migrated();
      const plan: Plan = {
        ...planOf("all", 3000),
        limits: [tokenBucket({ capacity: 8, refill: "100/s" }), slidingWindow({ limit: 50, window: "1m" })],
      };
      const plans = [plan, planOf("plain", 3000)];
      const [first, second] = plans.map((each) => prepared(table, each, 6));
      const all = [...first, ...second];
      const works = all.map(async (each, n) => {
        const random = new Random(n);
        for (let times = 0; times < 150; times++) await doAny(each, random);
      });
      await expect(Promise.all(works)).resolves.toHaveLength(12);
    });

    async function doAny(each: PreparedPlan, random: Random): Promise<void> {
      const key = random.pick(["a", "b", "c"]);
      const id = random.pick(["x", "y"]);
      const acts: Act[] = [
        { ...reserve(id), costs: 1 } as Act,
        { does: "settle", costs: 2, id, forget: random.chance(0.5) },
        { does: "renew", id, ttl: 1000 },
        { does: "refund", costs: 1 },
        { does: "book", costs: 1, most: 1_000_000 },
        { does: "block", duration: random.below(2) * 1000 },
      ];
      if (random.chance(0.4)) await each.decide(key, 1, "consume");
      else if (random.chance(0.1)) await each.reset(key);
      else await each.act(key, random.pick(acts));
    }

    test("what is undone for the order of transactions is sent again, and done once", async () => {
      const table = await migrated();
      const admin = at.pool();
      const pool = at.pool({ options: "-c default_transaction_isolation=serializable" });
      const { sent, counted } = countActs(pool);
      const plan = postgresStore(counted, { table, onWarning: () => {} }).prepare(planOf("undone"));
      await plan.decide("a", 50, "consume");
      const other = await admin.connect();
      await other.query("begin");
      await other.query(`update ${table} set expires_at = expires_at`);
      const refund = plan.act("a", { does: "refund", costs: 10 });
      const waits = "select from pg_stat_activity where wait_event_type = 'Lock' and query like $1";
      while ((await admin.query(waits, [`%${table.split(".")[0]}%act%`])).rowCount === 0);
      await other.query("commit");
      other.release();
      expect((await refund).verdicts[0].remaining).toBe(60);
      expect(sent.acts).toBe(2);
    });

    function countActs(pool: Pool) {
      const sent = { acts: 0 };
      const query = (given: { name?: string; text: string }) => {
        if (given.name?.startsWith("sluice act")) sent.acts++;
        return pool.query(given);
      };
      return { sent, counted: Object.assign(Object.create(pool) as Pool, { query }) };
    }

    test("a record of another version is left alone", async () => {
      const table = await migrated();
      const admin = at.pool();
      const plan = postgresStore(admin, { table }).prepare(planOf("version"));
      await plan.decide("a", 1, "consume");
      await admin.query(`update ${table} set record = '{2,3,4}'`);
      const acts: Act[] = [{ does: "refund", costs: 1 }, reserve("job"), { does: "block", duration: 1000 }];
      for (const act of acts)
        await expect(plan.act("a", act)).rejects.toMatchObject({ code: "UNKNOWN_RECORD_VERSION" });
      expect((await admin.query(`select record from ${table}`)).rows).toEqual([{ record: ["2", "3", "4"] }]);
    });

    test("what was given back for good leaves no row behind", async () => {
      const table = await migrated();
      const admin = at.pool();
      const plan = postgresStore(admin, { table }).prepare(planOf("permits"));
      for (let n = 0; n < 50; n++) {
        await plan.act("a", reserve(`permit ${n}`));
        const { hold } = await plan.act("a", {
          does: "settle",
          costs: 1,
          id: `permit ${n}`,
          forget: n > 0,
        });
        expect(hold).toBe("open");
      }
      const { rows } = await admin.query(`select name from ${table} where name like '%"hold"%'`);
      expect(rows).toEqual([{ name: expect.stringContaining("permit 0") }]);
    });

    test("what was reserved has a row that expires when it is forgotten", async () => {
      const table = await migrated();
      const admin = at.pool();
      const plan = postgresStore(admin, { table }).prepare(planOf("idle"));
      const { now } = await plan.act("a", reserve("job"));
      const { rows } = await admin.query(`select expires_at from ${table} where name like '%"hold"%'`);
      expect(rows).toEqual([{ expires_at: String(now + 60_000_000) }]);
    });
  },
);
