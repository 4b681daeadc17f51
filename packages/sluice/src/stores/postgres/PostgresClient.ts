/** A pool or client of `pg`, by shape. */
export interface PgClient {
  query(query: {
    name?: string;
    text: string;
    values?: unknown[];
  }): Promise<{ rows: Record<string, unknown>[] }>;
}

/** The `sql` function of `postgres` (porsager), by shape. */
export interface PostgresJsClient {
  unsafe(
    text: string,
    values?: unknown[],
    options?: { prepare?: boolean },
  ): PromiseLike<readonly Record<string, unknown>[]>;
}

export type PostgresClient = PgClient | PostgresJsClient;
