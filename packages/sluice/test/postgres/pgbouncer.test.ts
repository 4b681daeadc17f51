import { Pool } from "pg";
import postgres from "postgres";
import { rateLimiter } from "sluice";
import { type PostgresClient, postgresStore } from "sluice/postgres";
import { afterAll, describe, expect, inject, test } from "vitest";
import { startPgbouncer } from "../../../../test/services/pgbouncer.ts";
import { demand } from "../../../../test/services/Service.ts";

const { url, note } = inject("postgres");
const bouncer = url === "" ? { url, note, stop: async () => {} } : await startPgbouncer(url);
demand("pgbouncer", bouncer);
afterAll(() => bouncer.stop());

const clients: [string, () => { client: PostgresClient; end(): Promise<void> }][] = [
  [
    "pg",
    () => {
      const pool = new Pool({ connectionString: bouncer.url }).on("error", () => {});
      return { client: pool, end: () => pool.end() };
    },
  ],
  [
    "postgres that prepares nothing",
    () => {
      const sql = postgres(bouncer.url, { prepare: false });
      return { client: sql, end: () => sql.end({ timeout: 1 }) };
    },
  ],
];
const skipped = bouncer.url === "" ? `(skipped: ${bouncer.note})` : "";

describe.skipIf(bouncer.url === "")(
  `behind a PgBouncer in transaction mode ${skipped}`,
  { timeout: 60_000 },
  () => {
    test.each(clients)("%s counts each call once, and each refund", async (name, open) => {
      const opened = [open(), open(), open()];
      const limiters = opened.map(({ client }) =>
        rateLimiter({
          limits: "50/d",
          store: postgresStore(client),
          namespace: `pgbouncer ${name} ${process.pid}`,
          onStoreError: "throw",
          timeoutMs: 60_000,
          onEvent: () => {},
        }),
      );
      await postgresStore(opened[0].client).migrate();
      let allowed = 0;
      for (let turn = 0; turn < 30; turn++) {
        const calls = limiters.flatMap((limiter) => ["a", "b"].map((key) => limiter.consume(key)));
        for (const decision of await Promise.all(calls)) if (decision.allowed) allowed++;
      }
      expect(allowed).toBe(100);
      await Promise.all(limiters.flatMap((limiter) => [limiter.refund("a"), limiter.refund("b", 2)]));
      const peeked = await Promise.all(["a", "b"].map((key) => limiters[0].peek(key, { cost: 0 })));
      expect(peeked.map(({ remaining }) => remaining)).toEqual([3, 6]);
      await Promise.all(opened.map(({ end }) => end()));
    });
  },
);
