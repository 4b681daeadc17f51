import { DatabaseSync } from "node:sqlite";
import BetterSqlite from "better-sqlite3";
import { memoryStore, type Plan, type SyncPreparedPlan, slidingWindow, tokenBucket } from "sluice";
import { sqliteStore, type SqliteDatabase } from "sluice/sqlite";
import { manualClock, type ManualClock } from "sluice/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { textOfOutcome } from "../../src/testing/stores/textOfOutcome.ts";
import { temporaryFile } from "./temporaryFile.ts";

const plan: Plan = {
  namespace: "shop",
  pool: "api",
  limits: [
    slidingWindow({ limit: 5, window: "1m" }),
    tokenBucket({ capacity: 4, refill: "1/m", countDenied: true }),
  ],
  block: { scope: "", duration: 0 },
};
const uncounted: Plan = { ...plan, limits: plan.limits.slice(0, 1) };
const blocking: Plan = { ...plan, block: { scope: "", duration: 60_000_000 } };

/** In one process a file is opened by one copy of SQLite only: locks are the process's, so two copies would not see each other's. */
const DRIVERS: [string, (file: string) => SqliteDatabase][] = [
  ["node:sqlite", (file) => new DatabaseSync(file)],
  ["better-sqlite3", (file) => new BetterSqlite(file)],
];

function closing(database: SqliteDatabase): SqliteDatabase {
  onTestFinished(() => void database.close());
  return database;
}

type Act = (prepared: SyncPreparedPlan, clock: ManualClock) => unknown;

/** What had happened, what another process does after we read and before we write, and what we do. */
const OVERTAKEN: [string, { before?: Act; between: Act; ours: Act; plan?: Plan }][] = [
  [
    "spends on a new key",
    {
      between: (other) => other.decideSync("a", 3, "consume"),
      ours: (us) => us.decideSync("a", 2, "consume"),
    },
  ],
  [
    "spends on a known key",
    {
      before: (us) => us.decideSync("a", 1, "consume"),
      between: (other) => other.decideSync("a", 1, "consume"),
      ours: (us) => us.decideSync("a", 2, "consume"),
    },
  ],
  [
    "spends all, and we count refused calls",
    {
      between: (other) => other.decideSync("a", 4, "consume"),
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "spends all, and we block whom we refuse",
    {
      between: (other) => other.decideSync("a", 4, "consume"),
      ours: (us) => us.decideSync("a", 1, "consume"),
      plan: blocking,
    },
  ],
  [
    "blocks a new key",
    {
      between: (other) => other.actSync("a", { does: "block", duration: 60_000_000 }),
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "blocks a known key",
    {
      before: (us) => us.decideSync("a", 1, "consume"),
      between: (other) => other.actSync("a", { does: "block", duration: 60_000_000 }),
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "resets the key",
    {
      before: (us) => us.decideSync("a", 3, "consume"),
      between: (other) => other.resetSync("a"),
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "spends, and the clock steps back",
    {
      before: (us) => us.decideSync("a", 1, "consume"),
      between: (other, clock) => {
        other.decideSync("a", 1, "consume");
        clock.advanceMicroseconds(-3_600_000_000);
      },
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "spends after a minute",
    {
      before: (us) => us.decideSync("a", 2, "consume"),
      between: (other, clock) => {
        clock.advance("1m");
        other.decideSync("a", 1, "consume");
      },
      ours: (us) => us.decideSync("a", 1, "consume"),
    },
  ],
  [
    "spends what we give back",
    {
      before: (us) => us.decideSync("a", 3, "consume"),
      between: (other) => other.decideSync("a", 1, "consume"),
      ours: (us) => us.actSync("a", { does: "refund", costs: 2 }),
    },
  ],
];

function later(prepared: SyncPreparedPlan, clock: ManualClock): string[] {
  return [0, 20_000, 20_000, 40_000].map((ms) => {
    clock.advance(ms);
    return textOfOutcome(plan, prepared.decideSync("a", 1, "consume"));
  });
}

/** A database as it is, and what is to be done once, right after its next read. */
function interrupted(database: SqliteDatabase): {
  database: SqliteDatabase;
  afterRead(act: () => void): void;
} {
  let pending: (() => void) | undefined;
  const prepare: SqliteDatabase["prepare"] = (sql) => {
    const statement = database.prepare(sql);
    const get = (...values: (string | number)[]) => {
      const row = statement.get(...values);
      const act = pending;
      pending = undefined;
      act?.();
      return row;
    };
    return { get, run: (...values) => statement.run(...values) };
  };
  return {
    database: { exec: (sql) => database.exec(sql), prepare, close: () => {} },
    afterRead: (act) => (pending = act),
  };
}

describe.each(DRIVERS)("over %s, when between our read and our write another process", (_, open) => {
  test.each(OVERTAKEN)("%s, we answer as if it had come first", (_, { before, between, ours, ...rest }) => {
    const decided = rest.plan ?? plan;
    const file = temporaryFile();
    const clock = manualClock();
    const { database, afterRead } = interrupted(closing(open(file)));
    const us = sqliteStore(database, { clock }).prepare(decided);
    const other = sqliteStore(closing(open(file)), { clock, busyTimeoutMs: 0 }).prepare(decided);
    let overtakes = 0;
    before?.(us, clock);
    afterRead(() => {
      between(other, clock);
      overtakes++;
    });
    const answer = textOfOutcome(decided, ours(us, clock) as never);
    const answers = [answer, ...later(us, clock)];

    const inOrderClock = manualClock();
    const inOrder = memoryStore({ clock: inOrderClock }).prepare(decided);
    before?.(inOrder, inOrderClock);
    between(inOrder, inOrderClock);
    const expected = textOfOutcome(decided, ours(inOrder, inOrderClock) as never);
    expect([answers, overtakes]).toEqual([[expected, ...later(inOrder, inOrderClock)], 1]);
  });

  test("resets the key that we refuse, we answer as if we had come first, and write nothing", () => {
    const file = temporaryFile();
    const clock = manualClock();
    const { database, afterRead } = interrupted(closing(open(file)));
    const us = sqliteStore(database, { clock }).prepare(uncounted);
    const other = sqliteStore(closing(open(file)), { clock }).prepare(uncounted);
    us.decideSync("a", 5, "consume");
    afterRead(() => other.resetSync("a"));
    expect(us.decideSync("a", 1, "consume").allowed).toBe(false);
    expect(us.decideSync("a", 5, "consume").allowed).toBe(true);
  });
});

describe.each(DRIVERS)("over %s, while another process has the file locked", (_, open) => {
  test("refusals and peeks are answered at once, and what is admitted is a StoreError after the timeout", () => {
    const file = temporaryFile();
    const database = closing(open(file));
    const us = sqliteStore(database, { clock: manualClock(), busyTimeoutMs: 0 }).prepare(uncounted);
    for (let i = 0; i < 20; i++) us.decideSync(`key ${i}`, 5, "consume");
    const other = closing(open(file));
    other.exec("BEGIN IMMEDIATE");
    expect(us.decideSync("key 1", 1, "consume").allowed).toBe(false);
    expect(us.decideSync("key 1", 1, "peek").allowed).toBe(false);
    expect(us.decideSync("new", 1, "peek").allowed).toBe(true);
    const busy = expect.objectContaining({
      code: "STORE_FAILED",
      message: expect.stringContaining("locked"),
    });
    expect(() => us.decideSync("new", 1, "consume")).toThrow(busy);
    other.exec("COMMIT");
    expect(us.decideSync("new", 5, "consume").allowed).toBe(true);
  });
});
