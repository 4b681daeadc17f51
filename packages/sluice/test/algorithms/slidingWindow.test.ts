import { describe, expect, test } from "vitest";
import { slidingWindow } from "../../src/algorithms/window/slidingWindow.ts";
import { type AlgorithmUnderTest, slidingWindowModel, testAlgorithm } from "../../src/testing/index.ts";
import { manualLimiter } from "../limiter/manualLimiter.ts";
import { expectBothTicks } from "./expectBothTicks.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

const cases: AlgorithmUnderTest<{ limit: number; window: number }> = {
  name: "slidingWindow",
  limits: (fc) => fc.record({ limit: randomAmount(fc), window: randomWindow(fc) }),
  algorithm: slidingWindow,
  model: ({ limit, window }, { params: { tick } }) => slidingWindowModel({ limit, windowMs: window, tick }),
  changes: ({ window }, fc) => fc.record({ limit: randomAmount(fc), window: fc.constant(window) }),
  mixes: true,
};

testAlgorithm(cases, { describe, test });

test("both ticks occur", () => {
  expectBothTicks(cases);
});

test("case 49: a clock set back over an edge lets no more than the limit through in that window", () => {
  const { limiter, clock } = manualLimiter(slidingWindow({ limit: 10, window: "1m" }));
  clock.advance("59s");
  expect(limiter.consumeSync("a", { cost: 10 }).allowed).toBe(true);
  clock.advance("10s");
  expect(limiter.consumeSync("a").allowed).toBe(true);
  clock.advanceMicroseconds(-10_000_001);
  expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, remaining: 0 });
});

test("a limit of 10 a minute: the previous minute counts by what is left of it", () => {
  const { limiter, clock } = manualLimiter(slidingWindow({ limit: 10, window: "1m" }));
  limiter.consumeSync("a", { cost: 8 });
  clock.advance("90s");
  const decision = limiter.consumeSync("a", { cost: 6 });
  expect(decision).toMatchObject({ allowed: true, remaining: 0, resetAfterMs: 90_000 });
  expect(decision.limits[0].details).toEqual({ current: 6, previous: 8, weight: 0.5, used: 10 });
  expect(limiter.consumeSync("a", { cost: 2 }).retryAfterMs).toBe(15_000);
});

test("case 49: a clock set back over an edge takes along what was used, and no more", () => {
  const { limiter, clock } = manualLimiter(slidingWindow({ limit: 10, window: "1m" }));
  limiter.consumeSync("a", { cost: 4 });
  clock.advance("60s");
  limiter.consumeSync("a", { cost: 2 });
  clock.advanceMicroseconds(-1);
  expect(limiter.peekSync("a", { cost: 0 })).toMatchObject({ remaining: 4, resetAfterMs: 60_000.001 });
  expect(limiter.consumeSync("a", { cost: 4 })).toMatchObject({ allowed: true, remaining: 0 });
});

test("however often a clock steps back over an edge, the counts that it makes one stay exact", () => {
  const { machine, params } = slidingWindow({ limit: 10, window: "1m" });
  const now = 1_767_225_600_000_001;
  const state = [now, 2 ** 52, 2 ** 52];
  const verdict = { fits: false, wait: 0, remaining: 0, reset: 0, life: 0, state };
  machine.step(params, state, now, 10, true, verdict);
  expect(state).toEqual([now - 1, 2 ** 52, 0]);
  expect(verdict).toMatchObject({ fits: false, remaining: 0, wait: 119_999_999, reset: 119_999_999 });
});
