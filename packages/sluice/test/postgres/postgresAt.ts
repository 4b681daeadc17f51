import { Pool, type PoolConfig } from "pg";
import postgres, { type Sql } from "postgres";
import { onTestFinished } from "vitest";

/** Clients of one server, which end with the test. */
export function postgresAt(url: string): {
  pool(config?: PoolConfig): Pool;
  sql(): Sql;
  /** A schema of the test's own, which is dropped at its end. */
  schema(): Promise<string>;
} {
  const pool = (config: PoolConfig = {}) => {
    const made = new Pool({ connectionString: url, ...config }).on("error", () => {});
    onTestFinished(() => made.end());
    return made;
  };
  return {
    pool,
    sql() {
      const made = postgres(url);
      // Without a timeout its end never comes while a connection is being refused.
      onTestFinished(() => made.end({ timeout: 1 }));
      return made;
    },
    async schema() {
      const name = `test_${process.pid}_${schemas++}`;
      const admin = new Pool({ connectionString: url, max: 1 });
      await admin.query(`create schema ${name}`);
      onTestFinished(async () => {
        await admin.query(`drop schema ${name} cascade`);
        await admin.end();
      });
      return name;
    },
  };
}

let schemas = 0;
