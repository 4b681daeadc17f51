import { DatabaseSync } from "node:sqlite";
import Database from "better-sqlite3";
import { RateLimiterRes, RateLimiterSQLite } from "rate-limiter-flexible";
import { rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { type SqliteDatabase, sqliteStore } from "sluice/sqlite";

/** Decides one call in a file, and has committed it before it answers. */
export type Call = (key: string) => object | Promise<object>;

const WINDOW_MS = 1_800_000;

type Create = (file: string, limit: number) => Call | Promise<Call>;

/** All with write-ahead logging and `synchronous = NORMAL`. */
export const contenders: Readonly<Record<string, Create>> = {
  "sluice token bucket, node:sqlite": (file, limit) => bucket(new DatabaseSync(file), limit),
  "sluice token bucket, better-sqlite3": (file, limit) => bucket(new Database(file), limit),
  "sluice sliding window, better-sqlite3": (file, limit) => {
    const store = sqliteStore(tuned(new Database(file)));
    const limiter = rateLimiter({ limits: slidingWindow({ limit, window: WINDOW_MS }), store });
    return (key) => limiter.consumeSync(key);
  },
  "rate-limiter-flexible, better-sqlite3": flexible,
};

function bucket(database: SqliteDatabase, limit: number): Call {
  const limits = tokenBucket({ capacity: limit, refill: { amount: limit, per: WINDOW_MS } });
  const limiter = rateLimiter({ limits, store: sqliteStore(tuned(database)) });
  return (key) => limiter.consumeSync(key);
}

async function flexible(file: string, limit: number): Promise<Call> {
  const options = { tableName: "limits", points: limit, duration: WINDOW_MS / 1000 };
  const storeClient = tuned(new Database(file));
  const limiter = await new Promise<RateLimiterSQLite>((resolve, reject) => {
    const created: RateLimiterSQLite = new RateLimiterSQLite(
      { ...options, storeClient, storeType: "better-sqlite3" },
      (error?: Error) => (error === undefined ? resolve(created) : reject(error)),
    );
  });
  return (key) => limiter.consume(key).catch(thrown);
}

/** Its refusals are rejections. */
function thrown(refusal: unknown): object {
  if (refusal instanceof RateLimiterRes) return refusal;
  throw refusal;
}

function tuned<D extends Pick<SqliteDatabase, "exec">>(database: D): D {
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  return database;
}
