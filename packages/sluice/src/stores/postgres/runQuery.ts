import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { StoreError } from "../../errors/StoreError.ts";
import type { PgClient, PostgresJsClient } from "./PostgresClient.ts";

/** Runs one statement, prepared under its name where the client does that by name, and resolves to its rows. */
export type RunQuery = (
  name: string,
  text: string,
  values: unknown[],
) => Promise<readonly Record<string, unknown>[]>;

/** Undefined table and undefined function: nothing was run, and `migrate()` makes them. */
const NOT_MIGRATED: ReadonlySet<unknown> = new Set(["42P01", "42883"]);
/** Serialisation failure and deadlock: the server has undone all of it, so it may be sent again. */
const UNDONE: ReadonlySet<unknown> = new Set(["40001", "40P01"]);
const TRIES = 3;

/**
 * Finds out by shape what kind of client it is.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function runQuery(client: unknown): RunQuery {
  const run = queryOf(client);
  return async (name, text, values) => {
    for (let tries = 1; ; tries++) {
      try {
        return await run(name, text, values);
      } catch (error) {
        if (!UNDONE.has(codeOf(error)) || tries === TRIES) throw failure(error);
      }
    }
  };
}

function queryOf(client: unknown): RunQuery {
  if (isPg(client)) return async (name, text, values) => (await client.query({ name, text, values })).rows;
  if (isPostgresJs(client)) return async (_, text, values) => client.unsafe(text, values, { prepare: true });
  const message = `postgresStore takes a pool of pg, or the sql function of postgres, not ${show(client)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: client });
}

function isPostgresJs(client: unknown): client is PostgresJsClient {
  return typeof client === "function" && "unsafe" in client && typeof client.unsafe === "function";
}

function isPg(client: unknown): client is PgClient {
  return (
    typeof client === "object" && client !== null && "query" in client && typeof client.query === "function"
  );
}

function failure(error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  if (NOT_MIGRATED.has(codeOf(error))) {
    return new StoreError(
      "STORE_MISCONFIGURED",
      `PostgreSQL is not migrated: ${message}; call store.migrate() once`,
      error,
    );
  }
  return new StoreError("STORE_FAILED", `PostgreSQL failed: ${message}`, error);
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
