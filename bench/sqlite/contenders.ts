import { DatabaseSync } from "node:sqlite";
import Database from "better-sqlite3";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { type SqliteDatabase, sqliteStore } from "sluice/sqlite";

/** Decides one call in a file, and has committed it before it answers. */
export type Call = (key: string) => object | Promise<object>;

const LIMIT = 1_999_993;
const WINDOW_MS = 1_800_000;

/** All with write-ahead logging and `synchronous = NORMAL`. */
export const contenders: Readonly<Record<string, (file: string) => Call | Promise<Call>>> = {
  "sluice token bucket, node:sqlite": (file) => bucket(new DatabaseSync(file)),
  "sluice token bucket, better-sqlite3": (file) => bucket(new Database(file)),
  "sluice sliding window, better-sqlite3": (file) => {
    const store = sqliteStore(tuned(new Database(file)));
    const limiter = rateLimiter({ limits: slidingWindow({ limit: LIMIT, window: WINDOW_MS }), store });
    return (key) => limiter.consumeSync(key);
  },
  "rate-limiter-flexible, better-sqlite3": flexible,
};

function bucket(database: SqliteDatabase): Call {
  const limits = tokenBucket({ capacity: LIMIT, refill: { amount: LIMIT, per: WINDOW_MS } });
  const limiter = rateLimiter({ limits, store: sqliteStore(tuned(database)) });
  return (key) => limiter.consumeSync(key);
}

async function flexible(file: string): Promise<Call> {
  const options = { tableName: "limits", points: LIMIT, duration: WINDOW_MS / 1000 };
  const storeClient = tuned(new Database(file));
  const limiter = await new Promise<RateLimiterSQLite>((resolve, reject) => {
    const created: RateLimiterSQLite = new RateLimiterSQLite(
      { ...options, storeClient, storeType: "better-sqlite3" },
      (error?: Error) => (error === undefined ? resolve(created) : reject(error)),
    );
  });
  return (key) => limiter.consume(key);
}

function tuned<D extends Pick<SqliteDatabase, "exec">>(database: D): D {
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  return database;
}
