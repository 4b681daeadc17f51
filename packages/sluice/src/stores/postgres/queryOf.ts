import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { pgQuery } from "./pgQuery.ts";
import type { PgPool, PostgresClient, PostgresJsClient } from "./PostgresClient.ts";
import type { Query } from "./Query.ts";

/**
 * Finds out by shape what kind of client it is. Whatever belongs to one connection is refused: its owner may have begun
 * a transaction there, whose rollback would forget what was counted and whose locks would hold up everybody else.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function queryOf(client: PostgresClient): Query {
  if (isPg(client)) return pgQuery(client);
  if (isPostgresJs(client)) return async (_, text, values) => client.unsafe(text, values, { prepare: true });
  const message = `postgresStore takes a pool of pg, or the sql function of postgres, not ${refused(client)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: client });
}

function isPg(client: unknown): client is PgPool {
  return has(client, "object", "query") && "totalCount" in client;
}

function isPostgresJs(client: unknown): client is PostgresJsClient {
  return has(client, "function", "unsafe") && "begin" in client && !("release" in client);
}

function has(client: unknown, type: string, method: string): client is object {
  if (typeof client !== type || client === null) return false;
  return typeof (client as Record<string, unknown>)[method] === "function";
}

function refused(client: unknown): string {
  if (has(client, "object", "execute") || has(client, "object", "getConnection"))
    return "a client of MySQL or MariaDB";
  if (has(client, "object", "query"))
    return "a single client, on which your own transaction may be open; new Pool({ max: 1 }) is a pool";
  if (has(client, "function", "unsafe"))
    return "the sql of a transaction or of a reserved connection; use the one that postgres() returned";
  return show(client);
}
