/** A database of node:sqlite (`DatabaseSync`) or better-sqlite3, by shape. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** A statement that was prepared there, by shape: `get` gives the first row, or nothing. */
export interface SqliteStatement {
  get(...parameters: (string | number)[]): unknown;
  run(...parameters: (string | number)[]): unknown;
}
