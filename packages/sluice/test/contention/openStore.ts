import { Cluster, Redis } from "ioredis";
import { Pool } from "pg";
import type { Store } from "../../src/stores/Store.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { unlockedStore } from "./unlockedStore.ts";

/** The stores that processes share, by the scheme of a URL. A further one is a further line. */
const OPEN: Readonly<Record<string, (url: URL) => Store>> = {
  "redis:": ({ href }) => redisStore(new Redis(href, { maxRetriesPerRequest: 0 })),
  "cluster+redis:": ({ href }) => redisStore(new Cluster([href.replace("cluster+", "")])),
  "postgres:": ({ href }) => {
    const pool = new Pool({ connectionString: href, max: 4 });
    pool.on("error", () => {});
    return postgresStore(pool);
  },
  "sqlite:": ({ pathname }) => sqliteStore(pathname),
  "unlocked+redis:": ({ href }) => unlockedStore(new Redis(href.replace("unlocked+", ""))),
};

/** For programs that end with their process: nobody closes the client. */
export function openStore(text: string): Store {
  const url = new URL(text);
  const open = OPEN[url.protocol];
  if (open === undefined)
    throw new Error(`no store of ${url.protocol}; there are ${Object.keys(OPEN).join(", ")}`);
  return open(url);
}
