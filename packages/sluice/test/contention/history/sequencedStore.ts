import { DatabaseSync } from "node:sqlite";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { postgresStore } from "../../../src/stores/postgres.ts";
import { redisStore } from "../../../src/stores/redis.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import type { Store } from "../../../src/stores/Store.ts";
import { unlockedStore } from "../unlockedStore.ts";

/** An atomic step that a store took. */
export interface Step {
  /** Its place among all steps, that the server counted within it. */
  readonly at: number;
  /** What had been counted when it began: a step that only reads may have read any state from there up to `at`. */
  readonly after: number;
}

/** A store as it is, over a client that counts every step of it. */
export interface SequencedStore {
  readonly store: Store;
  /** The steps taken, in order. Whoever reads them removes them. */
  readonly steps: Step[];
}

const OPEN: Readonly<Record<string, (url: URL, counter: string) => SequencedStore>> = {
  "redis:": ({ href }, counter) => {
    const { client, steps } = sequencedRedis(href, counter);
    return { store: redisStore(client), steps };
  },
  "unlocked+redis:": ({ href }, counter) => {
    const { client, steps } = sequencedRedis(href.replace("unlocked+", ""), counter);
    return { store: unlockedStore(client), steps };
  },
  "postgres:": sequencedPostgres,
  "sqlite:": sequencedSqlite,
};

/** @param counter the name of what is counted, one for a history */
export function sequencedStore(text: string, counter: string): SequencedStore {
  const url = new URL(text);
  return OPEN[url.protocol](url, counter);
}

/** Each command that writes travels in a transaction with the count. The scripts are those of the store. */
function sequencedRedis(url: string, counter: string): { client: Redis; steps: Step[] } {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  const steps: Step[] = [];
  const counted =
    (command: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const replies = await client
        .multi([
          [command, ...args],
          ["incr", counter],
        ])
        .exec();
      const [[error, reply], [, at]] = replies as [[Error | null, unknown], [null, number]];
      if (error !== null) throw error;
      steps.push({ at, after: at });
      return reply;
    };
  const commands = ["evalsha", "eval", "del", "mset"].map((name) => [name, counted(name)]);
  return { client: Object.assign(Object.create(client), Object.fromEntries(commands)) as Redis, steps };
}

/**
 * A reset finds no row that another is about to make, and then comes before it, whatever it counts. So here it first
 * waits for that other: the locks are those of `decideSql`.
 */
const ALONE = `
select pg_advisory_xact_lock(hash)
from (select hashtextextended(name, 0) as hash from unnest($1::text::text[]) name order by 1) as hashes`;

/**
 * Each query runs in a transaction that counts at its end, in one row: so transactions that count end in that order, and
 * what a snapshot shows is all of them up to some number.
 */
function sequencedPostgres({ href }: URL, counter: string): SequencedStore {
  const pool = new Pool({ connectionString: href, max: 3 });
  pool.on("error", () => {});
  const steps: Step[] = [];
  const query = async (query: { name?: string; text: string; values?: unknown[] }) => {
    if (!/^sluice (?:decide|reset)/.test(query.name ?? "")) return pool.query(query);
    const client = await pool.connect();
    try {
      await client.query("begin");
      const before = await client.query(`select at from "${counter}"`);
      if (query.name?.startsWith("sluice reset")) await client.query(ALONE, query.values);
      const result = await client.query(query);
      const own = await client.query(`update "${counter}" set at = at + 1 returning at`);
      await client.query("commit");
      steps.push({ at: Number(own.rows[0].at), after: Number(before.rows[0].at) });
      return result;
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };
  return { store: postgresStore(Object.assign(Object.create(pool) as Pool, { query })), steps };
}

/**
 * The count is part of every transaction that writes: it runs before the commit. One that only reads sees some count,
 * and so comes between that step and the next.
 */
function sequencedSqlite({ pathname }: URL): SequencedStore {
  const database = new DatabaseSync(pathname);
  database.exec("PRAGMA synchronous = NORMAL");
  const steps: Step[] = [];
  const count = database.prepare("SELECT at FROM sluice_sequence");
  const next = database.prepare("UPDATE sluice_sequence SET at = at + 1 RETURNING at");
  let wrote = false;
  const place = () => {
    const { at } = (wrote ? next : count).get() as { at: number };
    return wrote ? at : at + 0.5;
  };
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    const run = (...values: (string | number)[]) => {
      if (sql.startsWith("BEGIN")) wrote = sql === "BEGIN IMMEDIATE";
      const at = sql === "COMMIT" ? place() : undefined;
      const result = statement.run(...values);
      wrote ||= /^(?:INSERT|DELETE)/.test(sql);
      if (at !== undefined) steps.push({ at, after: at });
      return result;
    };
    return { get: (...values: (string | number)[]) => statement.get(...values), run };
  };
  return { store: sqliteStore({ exec: (sql) => database.exec(sql), prepare, close: () => {} }), steps };
}
