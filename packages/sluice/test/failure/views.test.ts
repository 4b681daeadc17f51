import { rateLimiter, type StoreView } from "sluice";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DOWN, type FaultyStore, faultyStore } from "./faultyStore.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function viewOf(store: FaultyStore): StoreView {
  return {
    viewOf: store,
    prepare: (plan) => store.prepare(plan),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

const limiterOver = (store: FaultyStore, limits: "3/d" | "2/d") =>
  rateLimiter({ limits, store: viewOf(store), onEvent: () => {} });

test("views of one store have one stand-in: what was spent on one while the store failed is spent on the other", async () => {
  const store = faultyStore();
  store.fault = DOWN;
  const before = limiterOver(store, "3/d");
  expect((await before.consume("a")).remaining).toBe(2);
  expect((await limiterOver(store, "3/d").consume("a")).remaining).toBe(1);
  expect((await limiterOver(store, "2/d").consume("a")).allowed).toBe(false);
});

test("views of one store have one breaker: where one found out, the others leave it alone", async () => {
  const store = faultyStore();
  store.fault = DOWN;
  const first = limiterOver(store, "3/d");
  for (let i = 0; i < 5; i++) await first.consume("a");
  const { asked } = store;
  expect(await limiterOver(store, "3/d").consume("b")).toMatchObject({ degraded: "local" });
  expect(store.asked).toBe(asked);
});
