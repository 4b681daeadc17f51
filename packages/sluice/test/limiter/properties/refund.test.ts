import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyAlgorithm } from "../everyAlgorithm.ts";
import { manualLimiter } from "../manualLimiter.ts";

const amount = fc.oneof(fc.nat(25), fc.constantFrom(Number.MAX_SAFE_INTEGER, 2 ** 52, 1e9));
const move = fc.oneof(
  fc.record({ does: fc.constantFrom("consume", "refund", "reserve and owe"), cost: amount }),
  fc.record({ does: fc.constant("pass"), cost: fc.nat(100_000) }),
);

describe.each(everyAlgorithm)("%s", (name, make) => {
  test("a refund never gives more than full, nor more than its cost, and integers stay exact", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 20 }),
        fc.array(move, { maxLength: 30, size: "max" }),
        async (limit, moves) => {
          const { limiter, clock } = manualLimiter(make(limit));
          const look = () => limiter.peekSync("k", { cost: 0 });
          for (const { does, cost } of moves) {
            const before = look().remaining;
            if (does === "pass") clock.advance(cost);
            else if (does === "consume") limiter.consumeSync("k", { cost });
            else if (does === "refund") await limiter.refund("k", cost);
            else await (await limiter.reserve("k", { cost: 1 })).settle(cost);
            const { remaining, resetAfterMs } = look();
            expect(remaining).toBeLessThanOrEqual(limit);
            if (does === "refund") expect(remaining).toBeGreaterThanOrEqual(before);
            // The cap of adaptive rises with the load that is taken back.
            if (does === "refund" && name !== "adaptive")
              expect(remaining).toBeLessThanOrEqual(before + cost);
            for (const number of [remaining, Math.round(resetAfterMs * 1000) + clock()])
              expect(Number.isSafeInteger(number)).toBe(true);
          }
          // Whatever was given back, one quota passes at one instant.
          let passed = 0;
          while (limiter.consumeSync("k").allowed) passed++;
          expect(passed).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);
});
