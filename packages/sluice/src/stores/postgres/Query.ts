/**
 * Runs one statement, prepared under its name where the client does that by name, and resolves to its rows. What a column is
 * tells its place: a client may rename it.
 */
export type Query = (
  name: string,
  text: string,
  values: unknown[],
) => Promise<readonly Record<string, unknown>[]>;
