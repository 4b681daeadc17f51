import * as fc from "fast-check";
import { expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { slidingWindow } from "../../src/algorithms/window/slidingWindow.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import { manualClock } from "../../src/testing/index.ts";

const LIMITS = [
  tokenBucket({ capacity: 5, refill: "3/s" }),
  fixedWindow({ limit: 5, window: "1s" }),
  fixedWindow({ limit: 5, window: "1s", anchor: "first-call" }),
  slidingWindow({ limit: 5, window: "1s" }),
  adaptive({ limit: 5, window: "1s" }),
  tokenBucket({ capacity: 0, refill: "1/s" }),
];

test("one number for a cost is decided the short way, a list of one the long way: both say and keep the same", () => {
  const operation = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    cost: fc.nat({ max: 6 }),
    mode: fc.constantFrom("consume", "consume", "peek"),
    pass: fc.oneof(fc.constant(0), fc.integer({ min: -500_000, max: 2_500_000 })),
    long: fc.boolean(),
  });
  const property = fc.property(
    fc.constantFrom(...LIMITS),
    fc.array(operation, { maxLength: 60, size: "max" }),
    (limit, operations) => {
      const clock = manualClock();
      // Room for fewer keys than there are, so that some share a bucket.
      const [short, long] = [1, 2].map(() =>
        memoryStore({ clock, maxKeys: 2 }).prepare({
          namespace: "a",
          pool: "a",
          limits: [limit],
          block: { scope: "", duration: 0 },
        }),
      );
      for (const { key, cost, mode, pass, long: isLong } of operations) {
        clock.advanceMicroseconds(pass);
        const expected = structuredClone(long.decideSync(key, [cost], mode));
        expect(short.decideSync(key, isLong ? [cost] : cost, mode)).toEqual(expected);
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});
