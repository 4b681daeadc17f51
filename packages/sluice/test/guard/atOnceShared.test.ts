import { Redis } from "ioredis";
import { concurrency, guard, type Passage, type Store } from "sluice";
import { postgresStore } from "sluice/postgres";
import { redisStore } from "sluice/redis";
import { sqliteStore } from "sluice/sqlite";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresAt } from "../postgres/postgresAt.ts";
import { strict } from "../redis/strict.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";
import { fromTest, request } from "./ask.ts";

const { redis, postgres } = { redis: inject("redis"), postgres: inject("postgres") };

/** Two stores over the same place, as two processes have them. */
const places: Record<string, { url?: string; open: () => Promise<Store[]> }> = {
  SQLite: {
    async open() {
      const file = temporaryFile();
      return [sqliteStore(file), sqliteStore(file)];
    },
  },
  Redis: {
    ...redis,
    async open() {
      const clients = [new Redis(redis.url), new Redis(redis.url)];
      onTestFinished(() => clients.forEach((client) => client.disconnect()));
      return clients.map((client) => redisStore(client, { onWarning: () => {} }));
    },
  },
  PostgreSQL: {
    ...postgres,
    async open() {
      const { pool } = postgresAt(postgres.url);
      const stores = [postgresStore(pool()), postgresStore(pool())];
      await stores[0].migrate();
      return stores;
    },
  },
};

describe.each(Object.entries(places))("two guards over %s", (name, { url, open }) => {
  test.skipIf(url === "")(
    "let exactly as many run at once as a rule says, and as many again when those have ended",
    async () => {
      const rules = [
        { path: "/u/:id", limits: [concurrency({ limit: 3 }), "1000/h"], pool: "path" },
      ] as const;
      const namespace = `at once ${name} ${Date.now()}`;
      const stores = await open();
      const guards = stores.map((store) => guard({ ...strict, rules, store, namespace, identify: fromTest }));
      const atOnce = async (): Promise<Passage[]> => {
        const asked = Array.from({ length: 40 }, (_, i) => guards[i % 2].check(request("GET /u/1")));
        return (await Promise.all(asked)).filter(({ reply }) => reply === undefined);
      };
      for (let round = 0; round < 3; round++) {
        const running = await atOnce();
        expect(running).toHaveLength(3);
        expect(await atOnce()).toHaveLength(0);
        await Promise.all(running.map(async ({ ended }) => ended?.()));
      }
      const [last] = await atOnce();
      // What was refused was charged to no rate.
      expect(last.decided[0]?.decision.limits[1].remaining).toBeGreaterThanOrEqual(1000 - 12);
    },
  );
});
