import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import BetterSqlite from "better-sqlite3";
import {
  concurrency,
  ConfigurationError,
  rateLimiter,
  slidingWindow,
  StoreError,
  type SyncStore,
} from "sluice";
import { sqliteStore, type SqliteDatabase } from "sluice/sqlite";
import { manualClock, testStore } from "sluice/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFile } from "./temporaryFile.ts";

const run = promisify(execFile);
const script = new URL("spend.ts", import.meta.url).pathname;

testStore(
  () => {
    const clock = manualClock();
    return { store: sqliteStore(temporaryFile(), { clock }), clock };
  },
  { describe, test },
  { name: "sqliteStore" },
);

function closing(store: SyncStore): SyncStore {
  onTestFinished(() => store.close());
  return store;
}

describe("several processes", () => {
  test("that start at once on one new file admit exactly the limit", async () => {
    const file = temporaryFile();
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => run(process.execPath, [script, file, "500", "200"])),
    );
    const admitted = runs.map(({ stdout }) => Number(stdout));
    expect(admitted.reduce((sum, count) => sum + count)).toBe(500);
  });

  test("that race for new keys admit exactly the limit of each", async () => {
    const file = temporaryFile();
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => run(process.execPath, [script, file, "4", "200", "50"])),
    );
    const admitted = runs.map(({ stdout }) => Number(stdout));
    expect(admitted.reduce((sum, count) => sum + count)).toBe(50 * 4);
  });

  test("that are killed leave what they spent, and a file that works", async () => {
    const file = temporaryFile();
    const child = spawn(process.execPath, [script, file, "1000000", "1000000"], { stdio: "ignore" });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    const store = closing(sqliteStore(file));
    const limiter = rateLimiter({ limits: "1000000/d", store, onStoreError: "throw" });
    let seen = limiter.peekSync("everybody").remaining;
    for (; seen > 999_000; seen = limiter.peekSync("everybody").remaining)
      await new Promise((resolve) => setImmediate(resolve));
    child.kill("SIGKILL");
    await exited;
    const { remaining } = limiter.peekSync("everybody");
    expect(remaining).toBeLessThanOrEqual(seen);
    expect(limiter.consumeSync("everybody").remaining).toBe(remaining);
    const database = new DatabaseSync(file);
    onTestFinished(() => database.close());
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  });
});

describe.each<[string, (file: string) => SqliteDatabase]>([
  ["node:sqlite", (file) => new DatabaseSync(file)],
  ["node:sqlite that gives lists", (file) => new DatabaseSync(file, { returnArrays: true })],
  ["better-sqlite3", (file) => new BetterSqlite(file)],
  ["better-sqlite3 that gives BigInt", (file) => new BetterSqlite(file).defaultSafeIntegers()],
])("a database of %s", (_, open) => {
  test("decides, persists, and stays the user's to close", async () => {
    const file = temporaryFile();
    const database = open(file);
    const store = sqliteStore(database);
    const limiter = rateLimiter({ limits: ["2/m", "3/h"], store });
    expect([1, 2, 3].map(() => limiter.consumeSync("a").allowed)).toEqual([true, true, false]);
    await store.close();
    await store.close();
    const [rows] = Object.values(database.prepare("SELECT count(*) FROM sluice_records").get() as object);
    expect(Number(rows)).toBe(1);
    database.close();
    const again = rateLimiter({ limits: ["2/m", "3/h"], store: closing(sqliteStore(file)) });
    expect(again.peekSync("a").reason).toBe("limited");
  });

  test("with an open transaction of the user's is left alone: the call fails with a StoreError", () => {
    const database = open(temporaryFile());
    onTestFinished(() => void database.close());
    const limiter = rateLimiter({ limits: "2/m", store: sqliteStore(database), onStoreError: "throw" });
    database.exec("BEGIN");
    expect(() => limiter.consumeSync("a")).toThrow(StoreError);
    database.exec("COMMIT");
    expect(limiter.consumeSync("a").remaining).toBe(1);
  });
});

test("write-ahead logging is on", () => {
  const file = temporaryFile();
  closing(sqliteStore(file));
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
});

test("a busy file is a StoreError after the busy timeout, and works again afterwards", () => {
  const file = temporaryFile();
  const limiter = rateLimiter({
    limits: "2/m",
    onStoreError: "throw",
    store: closing(sqliteStore(file, { busyTimeoutMs: 0 })),
  });
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec("BEGIN IMMEDIATE");
  expect(() => limiter.consumeSync("a")).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  other.exec("COMMIT");
  expect(limiter.consumeSync("a").allowed).toBe(true);
});

test("rows that equal nothing leave by the writes of others", () => {
  let now = 1_800_000_000_000_000;
  const file = temporaryFile();
  const limiter = rateLimiter({ limits: "2/s", store: closing(sqliteStore(file, { clock: () => now })) });
  for (let i = 0; i < 1000; i++) limiter.consumeSync(`early ${i}`);
  for (let i = 0; i < 1000; i++) {
    now += 1_000_000;
    limiter.consumeSync("late");
  }
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  expect(database.prepare("SELECT name FROM sluice_records").all()).toEqual([
    { name: '["sluice","default"]late' },
  ]);
});

test("permits that came back leave no row behind, and what was settled by an id of the user's does", async () => {
  const file = temporaryFile();
  const limits = [concurrency({ limit: 2 }), slidingWindow({ limit: 1000, window: "1h" })];
  const limiter = rateLimiter({ limits, store: closing(sqliteStore(file)) });
  for (let n = 0; n < 50; n++) await limiter.run("a", () => {});
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  const names = () => database.prepare("SELECT name FROM sluice_records ORDER BY name").all();
  expect(names()).toHaveLength(1);
  await (await limiter.reserve("a")).settle(1);
  expect(names()).toHaveLength(2);
});

test("a record of an unknown version is an error, and stays as it is", () => {
  const file = temporaryFile();
  const limiter = rateLimiter({ limits: "2/m", onStoreError: "throw", store: closing(sqliteStore(file)) });
  limiter.consumeSync("a");
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  database.exec("UPDATE sluice_records SET record = '[2]'");
  expect(() => limiter.consumeSync("a")).toThrow(expect.objectContaining({ code: "UNKNOWN_RECORD_VERSION" }));
  expect(database.prepare("SELECT record FROM sluice_records").get()).toEqual({ record: "[2]" });
});

test("keys, pools and namespaces cannot spell each other's records", () => {
  const store = closing(sqliteStore(temporaryFile()));
  const limits = slidingWindow({ limit: 1, window: "1m" });
  const limiters = [
    rateLimiter({ limits, store, namespace: "a", name: "b" }),
    rateLimiter({ limits, store, namespace: "a", name: 'b"]c' }),
    rateLimiter({ limits, store, namespace: 'a","b', name: "c" }),
  ];
  const keys = ["c", '"]c', '["a","b"]', "__proto__", "'; DROP TABLE sluice_records; --", "\u{1f600}"];
  for (const limiter of limiters) {
    expect(keys.map((key) => limiter.consumeSync(key).allowed)).toEqual(keys.map(() => true));
    expect(keys.map((key) => limiter.consumeSync(key).allowed)).toEqual(keys.map(() => false));
  }
});

test("a file that is no database is a StoreError that names it", () => {
  const file = temporaryFile();
  writeFileSync(file, "this is no database, and long enough to be taken for one ".repeat(20));
  const invalid = expect.objectContaining({ code: "STORE_FAILED", message: expect.stringContaining(file) });
  expect(() => sqliteStore(file)).toThrow(invalid);
});

test("a table of somebody else under our name is a StoreError, and is left as it is", () => {
  for (const table of ["(id INTEGER PRIMARY KEY)", "(name TEXT, record TEXT, expires INTEGER)"]) {
    const file = temporaryFile();
    const database = new DatabaseSync(file);
    onTestFinished(() => database.close());
    database.exec(`CREATE TABLE sluice_records ${table}`);
    for (const given of [file, database])
      expect(() => sqliteStore(given)).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
    expect(database.prepare("SELECT sql FROM sqlite_schema").get()).toEqual({
      sql: `CREATE TABLE sluice_records ${table}`,
    });
  }
});

test("wrong arguments are refused at construction", () => {
  expect(() => sqliteStore(temporaryFile(), { clock: Date.now })).toThrow(/whole microseconds/);
  expect(() => sqliteStore("/no/such/folder/sluice.db")).toThrow(/cannot open/);
  expect(() => sqliteStore(42 as never)).toThrow(ConfigurationError);
  const negative = expect.objectContaining({ code: "INVALID_OPTION", path: "busyTimeoutMs", nearest: 0 });
  expect(() => sqliteStore(temporaryFile(), { busyTimeoutMs: -1 })).toThrow(negative);
  expect(() => sqliteStore(temporaryFile(), { busyTimeout: 5 } as never)).toThrow(
    /did you mean "busyTimeoutMs"/,
  );
});
