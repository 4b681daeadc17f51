import { isSluiceError } from "../../errors/SluiceError.ts";
import { messageOf } from "../../errors/messageOf.ts";
import { StoreError } from "../../errors/StoreError.ts";
import type { Clock } from "../Clock.ts";
import { EMPTY_RECORD, expiryOf, parseRecord, type StoredRecord } from "../record.ts";
import type { SqliteDatabase, SqliteStatement } from "./SqliteDatabase.ts";

/** Every so many writes, this many rows are looked at, and those that equal nothing are removed. */
const WRITES_PER_SWEEP = 16;
const ROWS_PER_SWEEP = 64;

export const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS sluice_records (
  name TEXT PRIMARY KEY,
  record TEXT NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID`;

/** The records of a SQLite file, under names. Expired ones are removed by the writes of others. */
export class RecordTable {
  readonly #clock: Clock;
  readonly #begin: SqliteStatement;
  readonly #beginAlone: SqliteStatement;
  readonly #commit: SqliteStatement;
  readonly #rollback: SqliteStatement;
  readonly #select: SqliteStatement;
  readonly #upsert: SqliteStatement;
  readonly #delete: SqliteStatement;
  readonly #sweepEnd: SqliteStatement;
  readonly #sweep: SqliteStatement;
  #writes = 0;
  #hand = "";
  #isClosed = false;

  constructor(database: SqliteDatabase, clock: Clock) {
    this.#clock = clock;
    this.#begin = database.prepare("BEGIN");
    this.#beginAlone = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#select = database.prepare("SELECT record FROM sluice_records WHERE name = ?");
    this.#upsert = database.prepare(
      "INSERT INTO sluice_records VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record, expires = excluded.expires",
    );
    this.#delete = database.prepare("DELETE FROM sluice_records WHERE name = ?");
    this.#sweepEnd = database.prepare(
      "SELECT name FROM sluice_records WHERE name > ? ORDER BY name LIMIT 1 OFFSET ?",
    );
    this.#sweep = database.prepare(
      "DELETE FROM sluice_records WHERE name > ? AND name <= ? AND expires <= ?",
    );
  }

  /**
   * Runs `work` on what the file holds at one moment, and locks it only for what `work` writes. SQLite refuses that if
   * another connection wrote since, or is about to: then all of it is undone, and `work` runs again, alone.
   * @throws StoreError
   */
  transaction<Result>(work: () => Result): Result {
    this.#start(this.#begin);
    let result: Result;
    try {
      result = work();
    } catch (error) {
      this.#undo();
      if (isSluiceError(error)) throw error;
      return this.alone(work);
    }
    this.#end();
    return result;
  }

  /**
   * Runs `work` while no other connection writes. What it throws undoes all of it.
   * @throws StoreError
   */
  alone<Result>(work: () => Result): Result {
    this.#start(this.#beginAlone);
    let result: Result;
    try {
      result = work();
    } catch (error) {
      this.#undo();
      throw isSluiceError(error) ? error : failed(error);
    }
    this.#end();
    return result;
  }

  /** To be asked after reading, so that nothing read is later than now only because another wrote it in between. */
  now(): number {
    return this.#clock();
  }

  read(name: string): StoredRecord {
    const record = firstOf(this.#select.get(name));
    return record === undefined ? EMPTY_RECORD : parseRecord(record);
  }

  write(name: string, record: StoredRecord): void {
    const expires = expiryOf(record);
    if (expires === 0) this.remove(name);
    else this.#upsert.run(name, JSON.stringify(record), expires);
    if (++this.#writes >= WRITES_PER_SWEEP) this.#sweepSome();
  }

  remove(name: string): void {
    this.#delete.run(name);
  }

  /** Returns whether it was open until now. */
  close(): boolean {
    const wasOpen = !this.#isClosed;
    this.#isClosed = true;
    return wasOpen;
  }

  #start(begin: SqliteStatement): void {
    if (this.#isClosed) throw new StoreError("STORE_CLOSED", "this SQLite store was closed");
    try {
      begin.run();
    } catch (error) {
      throw failed(error);
    }
  }

  /** Whether a commit that failed was made is not known, so it is not tried again. */
  #end(): void {
    try {
      this.#commit.run();
    } catch (error) {
      this.#undo();
      throw failed(error);
    }
  }

  /** Goes through the names round and round. */
  #sweepSome(): void {
    this.#writes = 0;
    const end = firstOf(this.#sweepEnd.get(this.#hand, ROWS_PER_SWEEP - 1));
    this.#sweep.run(this.#hand, end ?? LAST_NAME, this.#clock());
    this.#hand = end ?? "";
  }

  /** SQLite may have rolled back by itself, and then there is nothing to undo. */
  #undo(): void {
    try {
      this.#rollback.run();
    } catch {
      return;
    }
  }
}

/** Names begin with `[`, which comes before it. */
const LAST_NAME = "\\";

/** The only column of a row, which is an object, or a list where the user's database gives lists. */
function firstOf(row: unknown): string | undefined {
  return row === undefined ? undefined : Object.values(row as Record<string, string>)[0];
}

function failed(error: unknown): StoreError {
  return new StoreError("STORE_FAILED", `SQLite failed: ${messageOf(error)}`, error);
}
