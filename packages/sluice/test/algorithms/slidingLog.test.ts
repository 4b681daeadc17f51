import { describe, expect, test } from "vitest";
import { slidingLog } from "../../src/algorithms/log/slidingLog.ts";
import { slidingLogModel, testAlgorithm } from "../../src/testing/index.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

const maxEntries = 1_000_000;

testAlgorithm(
  {
    name: "slidingLog",
    limits: (fc) => fc.record({ limit: randomAmount(fc, 0, maxEntries), window: randomWindow(fc) }),
    algorithm: ({ limit, window }) => slidingLog({ limit, window, maxEntries }),
    model: ({ limit, window }) => slidingLogModel({ limit, windowMs: window }),
    changes: ({ window }, fc) =>
      fc.record({ limit: randomAmount(fc, 0, maxEntries), window: fc.constant(window) }),
    mixes: true,
  },
  { describe, test },
);

test("no window of that length, wherever it begins, sees more than the limit", () => {
  const { limiter, clock } = manualLimiter(slidingLog({ limit: 3, window: "10s" }));
  const admitted: number[] = [];
  for (let call = 0; call < 2000; call++) {
    clock.advanceMicroseconds((call * 104_729) % 5_000_000);
    if (limiter.consumeSync("a").allowed) admitted.push(clock());
  }
  for (let i = 3; i < admitted.length; i++)
    expect(admitted[i] - admitted[i - 3]).toBeGreaterThanOrEqual(10_000_000);
  expect(admitted.length).toBeGreaterThan(500);
});

test("an entry leaves exactly a window after it came", () => {
  const { limiter, clock } = manualLimiter(slidingLog({ limit: 3, window: "10s" }));
  limiter.consumeSync("a", { cost: 2 });
  clock.advance("4s");
  const decision = limiter.consumeSync("a");
  expect(decision).toMatchObject({
    remaining: 0,
    resetAfterMs: 10_000,
    limits: [{ algorithm: "sliding-log", details: { used: 3 } }],
  });
  expect(limiter.consumeSync("a", { cost: 2 }).retryAfterMs).toBe(6000);
  expect(limiter.consumeSync("a", { cost: 3 }).retryAfterMs).toBe(10_000);
});
