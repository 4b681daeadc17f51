import { checkOptions } from "../errors/checkOptions.ts";
import { checkWhole } from "../errors/checkWhole.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { messageOf } from "../errors/messageOf.ts";
import { show } from "../errors/show.ts";
import { StoreError } from "../errors/StoreError.ts";
import { checkClock, type Clock, timerOf } from "./Clock.ts";
import { openDatabase } from "./sqlite/openDatabase.ts";
import { retryWhileLocked } from "./sqlite/retryWhileLocked.ts";
import { prepareInSqlite } from "./sqlite/prepareInSqlite.ts";
import { CREATE_TABLE, RecordTable } from "./sqlite/RecordTable.ts";
import type { SqliteDatabase } from "./sqlite/SqliteDatabase.ts";
import type { SyncStore } from "./Store.ts";
import { wallClock } from "./wallClock.ts";

export type { SqliteDatabase, SqliteStatement } from "./sqlite/SqliteDatabase.ts";

/** Of `sqliteStore`. */
export interface SqliteStoreOptions {
  /** How long a decision waits for other processes, in whole milliseconds from 0 to 60,000. Default 5000. */
  busyTimeoutMs?: number | undefined;
  /** The time in microseconds since the epoch. Default: the wall clock. For tests: `manualClock()`. */
  clock?: Clock | undefined;
}

/**
 * State in a SQLite file: synchronous, shared by the processes of one host, still there after a crash of the process.
 * (A crash of the operating system may take the last commits with it: `synchronous` is `NORMAL`.)
 *
 * @param database a path, opened with node:sqlite (Node 22.13 and newer), or a database of node:sqlite or better-sqlite3,
 *   which stays yours to close. It is set to write-ahead logging and gets the table `sluice_records`.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`, also if the file cannot be opened
 */
export function sqliteStore(database: string | SqliteDatabase, options: SqliteStoreOptions = {}): SyncStore {
  checkOptions("sqliteStore", options, ["busyTimeoutMs", "clock"]);
  const { busyTimeoutMs = 5000, clock = wallClock } = options;
  checkWhole("sqliteStore", "busyTimeoutMs", busyTimeoutMs, 60_000, 0);
  checkDatabase(database);
  const isOurs = typeof database === "string";
  checkClock("sqliteStore", clock);
  const opened = isOurs ? openDatabase(database) : database;
  const table = tableIn(opened, isOurs ? database : undefined, busyTimeoutMs, clock);
  return {
    isShared: database !== ":memory:",
    timer: timerOf(clock),
    prepare: (plan) => prepareInSqlite(plan, table),
    ping: async () => table.alone(() => undefined),
    close: async () => {
      if (table.close() && isOurs) opened.close();
    },
  };
}

/** @param path of a file that is ours */
function tableIn(
  database: SqliteDatabase,
  path: string | undefined,
  busyTimeoutMs: number,
  clock: Clock,
): RecordTable {
  try {
    setUp(database, busyTimeoutMs, path !== undefined);
    return new RecordTable(database, clock);
  } catch (error) {
    if (path !== undefined) database.close();
    throw cannotUse(path === undefined ? "this database" : show(path), error);
  }
}

/** Processes that start together wait for each other, also for the switch to write-ahead logging. */
function setUp(database: SqliteDatabase, busyTimeoutMs: number, isOurs: boolean): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  retryWhileLocked(() => {
    database.exec("PRAGMA journal_mode = WAL");
    if (isOurs) database.exec("PRAGMA synchronous = NORMAL");
    database.exec(CREATE_TABLE);
  }, busyTimeoutMs);
}

function checkDatabase(database: unknown): void {
  if (typeof database === "string" && database !== "") return;
  if (typeof database === "object" && database !== null && "prepare" in database && "exec" in database)
    return;
  const message = `sqliteStore takes a path, or a database of node:sqlite or better-sqlite3, not ${show(database)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: database });
}

function cannotUse(name: string, error: unknown): StoreError {
  return new StoreError("STORE_FAILED", `sqliteStore cannot use ${name}: ${messageOf(error)}`, error);
}
