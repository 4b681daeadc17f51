import { setImmediate as turn } from "node:timers/promises";
import type { FailureOptions, Limiter, Store } from "sluice";
import { postgresStore } from "sluice/postgres";
import { afterAll, describe, expect, inject, test } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { postgresAt } from "../postgres/postgresAt.ts";
import { strict } from "../redis/strict.ts";
import { lazyClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { freshNamespace, quietStore, watchedLimiter } from "./watchedLimiter.ts";

// Of its own: elsewhere other tests make the server forget the script.
const redis = await startOwnRedis("Redis");
afterAll(redis.stop);
const postgres = inject("postgres");
const isSkipped = redis.url === "" || postgres.url === "";
const skipped = isSkipped ? `(skipped: ${redis.note}, ${postgres.note})` : "";
const BUDGET_MS = 1000;
const WARM = 5;
noUnhandledRejections();

/** A store over each client, which has answered once. */
async function storesInUse(): Promise<Store[]> {
  const at = postgresAt(postgres.url);
  const table = `${await at.schema()}.sluice_records`;
  await postgresStore(at.pool(), { table }).migrate();
  const overRedis = Object.values(lazyClients).map(async (connect) => {
    const { client, ready } = connect(redis.url);
    await ready();
    return quietStore(client);
  });
  const overPostgres = [at.pool(), at.sql()].map((client) => postgresStore(client, { table }));
  const stores = [...(await Promise.all(overRedis)), ...overPostgres];
  await Promise.all(stores.map((store) => store.ping()));
  return stores;
}

/** Keeps this process from all work, and no other from its own. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe.skipIf(isSkipped)(`a process that is kept from its work ${skipped}`, { timeout: 60_000 }, () => {
  test.each([
    ["before calls leave for their stores", 0],
    ["while they are under way", 2],
  ])("%s, longer than their budget, takes the stores' answers all the same", async (_, turns) => {
    const stores = await storesInUse();
    const namespace = freshNamespace();
    const limitersOf = (options: FailureOptions) =>
      stores.map((store, i) => watchedLimiter({ ...options, store, namespace, name: `${i}` }).limiter);
    const consumeAll = (limiters: readonly Limiter[]) =>
      Promise.all(limiters.map((limiter) => limiter.consume("a")));
    // The first calls connect, and find out what later ones know.
    for (let i = 0; i < WARM; i++) await consumeAll(limitersOf(strict));
    const calls = consumeAll(limitersOf({ onStoreError: "throw", timeoutMs: BUDGET_MS }));
    for (let i = 0; i < turns; i++) await turn();
    block(BUDGET_MS + 100);
    for (const { remaining } of await calls) expect(remaining).toBe(100_000 - WARM - 1);
  });
});
