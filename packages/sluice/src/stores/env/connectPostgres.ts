import type { PgPool, PostgresClient, PostgresJsClient } from "../postgres/PostgresClient.ts";
import { loadClient } from "./loadClient.ts";
import type { OwnClient } from "./OwnClient.ts";

const PACKAGES = ["pg", "postgres"];
const CONNECT_TIMEOUT_MS = 2000;
/** A little more, since the migration at a start may have to wait for that of another process. */
const QUERY_TIMEOUT_MS = 5000;
const CONNECTIONS = 10;

type PoolClass = new (options: object) => PgPool & {
  on(event: "error", listener: () => void): unknown;
  end(): Promise<unknown>;
};
type MakeSql = (
  url: string,
  options: object,
) => PostgresJsClient & { end(options: { timeout: number }): Promise<unknown> };

/**
 * A pool of up to ten connections, made when they are needed. Neither client sends a statement again. A connection of pg over
 * which no answer comes is given up; closing waits for answers, but not for ever.
 * @throws ConfigurationError without a client
 */
export async function connectPostgres(url: string): Promise<OwnClient<PostgresClient>> {
  const { name, module } = await loadClient("a store of postgres://", PACKAGES);
  return name === "pg" ? pg(url, module) : postgres(url, module);
}

function pg(url: string, module: Readonly<Record<string, unknown>>): OwnClient<PostgresClient> {
  const { Pool } = (module.default ?? module) as { Pool: PoolClass };
  const options = {
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  };
  const pool = new Pool(options);
  // The pool replaces an idle connection that was lost; without a listener, that would end the process.
  pool.on("error", () => {});
  return { client: pool, close: () => pool.end() };
}

function postgres(url: string, module: Readonly<Record<string, unknown>>): OwnClient<PostgresClient> {
  const makeSql = module.default as MakeSql;
  const options = { max: CONNECTIONS, connect_timeout: CONNECT_TIMEOUT_MS / 1000, onnotice: () => {} };
  const sql = makeSql(url, options);
  return { client: sql, close: () => sql.end({ timeout: QUERY_TIMEOUT_MS / 1000 }) };
}
