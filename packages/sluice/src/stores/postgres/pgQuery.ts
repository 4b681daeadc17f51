import type { PgPool } from "./PostgresClient.ts";
import { sqlState } from "./postgresFailure.ts";
import type { Query } from "./Query.ts";

/** No such prepared statement, or already one: another session than the one it was prepared in. Nothing was run. */
const LOST: ReadonlySet<unknown> = new Set(["26000", "42P05"]);

/** Over a pool of `pg`. Behind a PgBouncer that does not know prepared statements, it soon prepares none. */
export function pgQuery(pool: PgPool): Query {
  let prepares = true;
  return async (name, text, values) => {
    if (prepares) {
      try {
        return (await pool.query({ name, text, values })).rows;
      } catch (error) {
        if (!LOST.has(sqlState(error))) throw error;
        prepares = false;
      }
    }
    return (await pool.query({ text, values })).rows;
  };
}
