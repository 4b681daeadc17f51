import * as fc from "fast-check";
import { expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import type { Limit } from "../../src/algorithms/Limit.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { slidingWindow } from "../../src/algorithms/window/slidingWindow.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import { manualClock } from "../../src/testing/index.ts";

const LIMITS = [
  tokenBucket({ capacity: 5, refill: "3/s" }),
  fixedWindow({ limit: 5, window: "1s" }),
  fixedWindow({ limit: 4, window: "2s", anchor: "first-call" }),
  slidingWindow({ limit: 5, window: "1s" }),
  adaptive({ limit: 5, window: "1s" }),
  tokenBucket({ capacity: 0, refill: "1/m" }),
];

/** The same limit, whose state is said to grow, though it never does: so it is decided the long way. */
function growing(limit: Limit): Limit {
  return { ...limit, machine: { ...limit.machine, grows: true } };
}

test("the short way says and keeps what the long way does", { timeout: 30_000 }, () => {
  const cost = fc.nat({ max: 6 });
  const operation = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    costs: fc.oneof(cost, fc.tuple(cost, cost, cost)),
    mode: fc.constantFrom("consume", "consume", "peek"),
    pass: fc.oneof(fc.constant(0), fc.integer({ min: -500_000, max: 2_500_000 })),
  });
  const property = fc.property(
    fc.uniqueArray(fc.constantFrom(...LIMITS), { minLength: 1, maxLength: 3 }),
    fc.array(operation, { maxLength: 60, size: "max" }),
    (limits, operations) => {
      const clock = manualClock();
      // Room for fewer keys than there are, so that some share a bucket.
      const [short, long] = [limits, limits.map(growing)].map((limits) =>
        memoryStore({ clock, maxKeys: 2 }).prepare({
          namespace: "a",
          pool: "a",
          limits,
          block: { scope: "", duration: 0 },
        }),
      );
      for (const { key, costs, mode, pass } of operations) {
        clock.advanceMicroseconds(pass);
        const asked = typeof costs === "number" ? costs : costs.slice(0, limits.length);
        const expected = structuredClone(long.decideSync(key, asked, mode));
        expect(short.decideSync(key, asked, mode)).toEqual(expected);
      }
    },
  );
  fc.assert(property, { numRuns: 300 });
});
