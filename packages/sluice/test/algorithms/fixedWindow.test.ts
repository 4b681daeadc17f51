import { describe, expect, test } from "vitest";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { rateLimiter } from "../../src/limiter/rateLimiter.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import { fixedWindowModel, manualClock, testAlgorithm } from "../../src/testing/index.ts";
import { Trial } from "../../src/testing/laws/Trial.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

const SECOND = 1_000_000;
const NEW_YEAR = 1_767_225_600 * SECOND;

for (const anchor of ["clock", "first-call"] as const) {
  testAlgorithm(
    {
      name: `fixedWindow with anchor ${anchor}`,
      limits: (fc) => fc.record({ limit: randomAmount(fc), window: randomWindow(fc) }),
      algorithm: ({ limit, window }) => fixedWindow({ limit, window, anchor }),
      model: ({ limit, window }) => fixedWindowModel({ limit, windowMs: window, anchor }),
      changes: ({ window }, fc) => fc.record({ limit: randomAmount(fc), window: fc.constant(window) }),
      mixes: true,
    },
    { describe, test },
  );
}

test("windows of the clock begin at multiples of their length, and those of a key at its first call", () => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12, 0, 45));
  const store = memoryStore({ clock });
  const window = { limit: 2, window: "1m" } as const;
  const byClock = rateLimiter({ limits: fixedWindow(window), store, name: "clock" });
  const byCall = rateLimiter({
    limits: fixedWindow({ ...window, anchor: "first-call" }),
    store,
    name: "call",
  });
  expect(byClock.consumeSync("a", { cost: 2 }).resetAfterMs).toBe(15_000);
  expect(byCall.consumeSync("a", { cost: 2 }).resetAfterMs).toBe(60_000);
  expect(byClock.consumeSync("a").retryAfterMs).toBe(15_000);
  clock.advance("15s");
  expect(byClock.consumeSync("a")).toMatchObject({ allowed: true, remaining: 1, resetAfterMs: 60_000 });
  expect(byCall.consumeSync("a")).toMatchObject({ allowed: false, retryAfterMs: 45_000 });
  clock.advance("45s");
  expect(byCall.consumeSync("a").limits[0]).toMatchObject({
    allowed: true,
    algorithm: "fixed-window",
    details: { count: 1 },
  });
});

test("windows of any length begin at multiples of it since the epoch", () => {
  const clock = manualClock(7 * 86_400_000 * 1000 - 1);
  const limiter = rateLimiter({
    limits: fixedWindow({ limit: 1, window: "7d" }),
    store: memoryStore({ clock }),
  });
  expect(limiter.consumeSync("a").resetAfterMs).toBe(1);
  clock.advance(1);
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, resetAfterMs: 7 * 86_400_000 });
});

test("a changed anchor keeps the count in the window in which it was made, and nowhere else", () => {
  const byCall = fixedWindow({ limit: 5, window: "1m", anchor: "first-call" });
  const byClock = fixedWindow({ limit: 5, window: "1m" });
  const before = new Trial(byCall, { room: () => 0 }, NEW_YEAR + 45 * SECOND);
  before.consume(2);
  const later = (seconds: number) =>
    new Trial(byClock, { room: () => 0 }, NEW_YEAR + seconds * SECOND, before.state).last.remaining;
  expect([45, 50, 60, 70, 119].map(later)).toEqual([3, 3, 5, 5, 5]);
});
