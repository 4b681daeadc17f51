import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { messageOf } from "../../errors/messageOf.ts";
import { show } from "../../errors/show.ts";
import type { SqliteDatabase } from "./SqliteDatabase.ts";

/**
 * Opens a file with node:sqlite, which is asked for here and not before, so that this module can be imported where it
 * does not exist.
 * @throws ConfigurationError `INVALID_OPTION` on Node 20
 */
export function openDatabase(path: string): SqliteDatabase {
  const sqlite = process.getBuiltinModule("node:sqlite");
  if (sqlite !== undefined) return open(() => new sqlite.DatabaseSync(path), path);
  throw new ConfigurationError(
    "INVALID_OPTION",
    `sqliteStore(path) needs node:sqlite of Node 22.13 and newer; here give it a database: sqliteStore(new Database(path)) of better-sqlite3 12`,
    { value: path },
  );
}

function open(connect: () => SqliteDatabase, path: string): SqliteDatabase {
  try {
    return connect();
  } catch (error) {
    const message = `sqliteStore cannot open ${show(path)}: ${messageOf(error)}`;
    throw new ConfigurationError("INVALID_OPTION", message, { value: path });
  }
}
