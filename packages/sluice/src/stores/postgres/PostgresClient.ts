/** A pool of `pg`, by shape. A single client is none: a transaction of its owner may be open on it. */
export interface PgPool {
  query(query: {
    name?: string;
    text: string;
    values?: unknown[];
  }): Promise<{ rows: Record<string, unknown>[] }>;
  /** What tells a pool from a client. */
  readonly totalCount: number;
  listenerCount?(event: string): number;
}

/** The `sql` function of `postgres` (porsager), by shape. That of a transaction or a reserved connection is none. */
export interface PostgresJsClient {
  unsafe(
    text: string,
    values?: unknown[],
    options?: { prepare?: boolean },
  ): PromiseLike<readonly Record<string, unknown>[]>;
  /** The handle of a transaction has none. */
  begin(...options: never[]): unknown;
  /** Only a reserved connection has one. */
  readonly release?: undefined;
}

/** What `postgresStore` counts over. */
export type PostgresClient = PgPool | PostgresJsClient;
