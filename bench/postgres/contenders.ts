import type { Pool } from "pg";
import { RateLimiterPostgres, RateLimiterUnion } from "rate-limiter-flexible";
import { type Limit, rateLimiter } from "sluice";
import { postgresStore } from "sluice/postgres";
import type { ServerCall } from "../inFlight.ts";
import { bucket, FAILING, LIMIT, OTHER_WINDOWS_MS, sliding, twoWindows, WINDOW_MS } from "../serverLimits.ts";

/** Every contender over a pool of ten connections, its rows in an unlogged table that is empty when it begins. */
export const contenders: Readonly<Record<string, (pool: Pool) => Promise<ServerCall>>> = {
  "sluice token bucket": (pool) => sluice(pool, [bucket()]),
  "sluice sliding window": (pool) => sluice(pool, [sliding(WINDOW_MS)]),
  "sluice three limits": (pool) => sluice(pool, [bucket(), ...twoWindows()]),
  "rate-limiter-flexible": async (pool) => {
    const limiter = await flexible(pool, WINDOW_MS);
    return (key) => limiter.consume(key);
  },
  "rate-limiter-flexible, three limits": flexibleUnion,
  "select 1": async (pool) => () => pool.query({ name: "one", text: "select 1" }),
};

async function sluice(pool: Pool, limits: readonly Limit[]): Promise<ServerCall> {
  const store = postgresStore(pool);
  await store.migrate();
  const limiter = rateLimiter({ namespace: "bench", limits, store, ...FAILING });
  return (key) => limiter.consume(key);
}

async function flexible(pool: Pool, windowMs: number): Promise<RateLimiterPostgres> {
  const tableName = `limits_${windowMs}`;
  const options = { storeClient: pool, tableName, points: LIMIT, duration: windowMs / 1000 };
  const limiter = await new Promise<RateLimiterPostgres>((resolve, reject) => {
    const created: RateLimiterPostgres = new RateLimiterPostgres(options, (error?: Error) =>
      error === undefined ? resolve(created) : reject(error),
    );
  });
  await pool.query(`alter table ${tableName} set unlogged`);
  return limiter;
}

async function flexibleUnion(pool: Pool): Promise<ServerCall> {
  const limiters = await Promise.all([WINDOW_MS, ...OTHER_WINDOWS_MS].map((each) => flexible(pool, each)));
  const union = new RateLimiterUnion(...limiters);
  return (key) => union.consume(key);
}
