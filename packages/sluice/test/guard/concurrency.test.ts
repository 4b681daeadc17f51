import { fixedWindow, memoryStore, type SyncStore, tokenBucket } from "sluice";
import { sqliteStore } from "sluice/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { worked } from "../../../../test/worked.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";
import { testGuard } from "./ask.ts";
import { stillClock } from "./stillClock.ts";

const stores: Record<string, () => SyncStore> = {
  memory: () => memoryStore({ clock: stillClock() }),
  sqlite: () => sqliteStore(temporaryFile(), { clock: stillClock() }),
};

function opened(name: string): SyncStore {
  const store = stores[name]();
  onTestFinished(() => store.close());
  return store;
}

const limits = {
  slidingWindow: "10/m",
  fixedWindow: fixedWindow({ limit: 10, window: "1m" }),
  tokenBucket: tokenBucket({ capacity: 10, refill: "1/m" }),
} as const;

async function pause(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
}

describe.each(Object.keys(stores))("100 requests at once on limit 10, %s store", (name) => {
  test.each(Object.entries(limits))("admit exactly 10: %s", async (_, limit) => {
    const guarded = testGuard({ store: opened(name), limits: limit });
    const statuses = await Promise.all(Array.from({ length: 100 }, () => guarded.status("GET /")));
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(90);
  });

  test("admit exactly 10 with identities and costs that take their time, over several guards", async () => {
    const store = opened(name);
    const guards = Array.from({ length: 4 }, () =>
      testGuard({
        store,
        limits: "10/m",
        identify: ({ target }) => pause(target.length % 7).then(() => "ann"),
        cost: ({ target }) => pause(target.length % 5).then(() => 1),
      }),
    );
    const statuses = await Promise.all(
      Array.from({ length: 100 }, (_, i) => guards[i % 4].status(`GET /${"x".repeat(i)}`)),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  });

  test("admit exactly 10 of each key, prototype names among them", async () => {
    const keys = ["__proto__", "constructor", "toString", "hasOwnProperty", "ann"];
    const guarded = testGuard({ store: opened(name), limits: "10/m" });
    const asked = await Promise.all(
      Array.from({ length: 100 }, (_, i) => guarded.status("GET /", { key: keys[i % 5] })),
    );
    for (const k of [0, 1, 2, 3, 4]) {
      expect(asked.filter((status, i) => i % 5 === k && status === 200)).toHaveLength(10);
    }
  });

  test("admit exactly 10 where two rules spend from one pool", async () => {
    const rules = [
      { path: "/a", limits: "10/m" as const, pool: "p" },
      { path: "/b", limits: "10/m" as const, pool: "p" },
    ];
    const guarded = testGuard({ store: opened(name), rules });
    const asked = await Promise.all(
      Array.from({ length: 100 }, (_, i) => guarded.status(i % 2 ? "GET /a" : "GET /b")),
    );
    expect(asked.filter((status) => status === 200)).toHaveLength(10);
  });
});

test("10,000 rules: the last decides within milliseconds", async () => {
  const rules = Array.from({ length: 10_000 }, (_, i) => ({
    path: `/route/${i}/:id`,
    limits: "5/m" as const,
  }));
  const guarded = testGuard({ rules });
  await guarded.ask("GET /route/9999/1");
  const workedMs = worked();
  for (let i = 0; i < 4; i++) expect(await guarded.status("GET /route/9999/1")).toBe(200);
  expect(workedMs() / 4).toBeLessThan(100);
  expect(await guarded.status("GET /route/9999/1")).toBe(429);
});
