import { postgresStore } from "sluice/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresBinary } from "../../../../test/services/postgresBinary.ts";
import { type OwnPostgres, ownPostgres } from "./ownPostgres.ts";
import { postgresAt } from "./postgresAt.ts";
import { strictLimiter } from "./strictLimiter.ts";

const binary = postgresBinary();
const skipped = binary === undefined ? "(skipped: no postgres on this machine)" : "";

describe.skipIf(binary === undefined)(`a PostgreSQL that crashes ${skipped}`, { timeout: 60_000 }, () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await ownPostgres(binary!);
  }, 60_000);
  afterAll(() => server?.stop());

  test.each(["pg", "postgres"])(
    "has a durable table as it was and an unlogged one empty, over %s",
    async (kind) => {
      const at = postgresAt(server.url);
      const client = kind === "pg" ? at.pool() : at.sql();
      const durable = postgresStore(client, { table: `durable_${kind}`, durable: true });
      const unlogged = postgresStore(client, { table: `unlogged_${kind}` });
      await durable.migrate();
      await unlogged.migrate();
      const limiters = [durable, unlogged].map(strictLimiter);
      for (const limiter of limiters) for (let i = 0; i < 3; i++) await limiter.consume("a");

      await server.crash();
      for (const limiter of limiters)
        await expect(limiter.consume("a")).rejects.toMatchObject({ code: "STORE_FAILED" });
      await server.start();

      const decisions = await Promise.all(limiters.map((limiter) => limiter.consume("a")));
      expect(decisions.map(({ remaining }) => remaining)).toEqual([5, 8]);
      // What migrate() made is still known.
      await unlogged.migrate();
    },
  );

  test("does not hold a connection for ever while it is silent, with the timeouts of the guide", async () => {
    const at = postgresAt(server.url);
    const pool = at.pool({ max: 1, connectionTimeoutMillis: 1000, query_timeout: 1000 });
    const store = postgresStore(pool, { table: "silent" });
    await postgresStore(at.pool(), { table: "silent" }).migrate();
    const limiter = strictLimiter(store);
    await limiter.consume("a");
    await server.freeze();
    await expect(limiter.consume("a")).rejects.toThrow(/timeout/i);
    await expect(limiter.consume("a")).rejects.toThrow(/timeout/i);
    server.thaw();
    expect((await limiter.consume("b")).remaining).toBe(8);
  });
});
