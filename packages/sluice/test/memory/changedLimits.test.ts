import { expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import type { Limit } from "../../src/algorithms/Limit.ts";
import type { Plan, SyncPreparedPlan } from "../../src/stores/Store.ts";
import { manualClock } from "../../src/testing/index.ts";

const day = tokenBucket({ capacity: 5, refill: "5/d", name: "day" });

/** A store that is asked under one list of limits, and later under another over the same slots. */
function changingStore(): {
  prepare: (...limits: readonly Limit[]) => SyncPreparedPlan;
  clock: ReturnType<typeof manualClock>;
} {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const planOf = (limits: readonly Limit[]): Plan => ({
    namespace: "a",
    pool: "a",
    limits,
    block: { scope: "", duration: 0 },
  });
  return { prepare: (...limits) => store.prepare(planOf(limits)), clock };
}

test("a slot that has expired is empty for the limit that follows, though its key lives on in another slot", () => {
  const { prepare, clock } = changingStore();
  prepare(tokenBucket({ capacity: 10, refill: "10/s" }), day).decideSync("key", [10, 1], "consume");
  clock.advance("1s");
  const slower = prepare(tokenBucket({ capacity: 10, refill: "1/s" }), day);
  const { verdicts } = slower.decideSync("key", 0, "peek");
  expect(verdicts.map(({ remaining }) => remaining)).toEqual([10, 4]);
});

test("a slot that still lives keeps its usage for the limit that follows, whatever its key spent later", () => {
  const { prepare, clock } = changingStore();
  const fast = tokenBucket({ capacity: 10, refill: "10/s" });
  prepare(day).decideSync("key", 5, "consume");
  clock.advance("1s");
  prepare(fast).decideSync("key", 10, "consume");
  clock.advance("999ms");
  const { verdicts } = prepare(tokenBucket({ capacity: 10, refill: "1/s" }), day).decideSync(
    "key",
    0,
    "peek",
  );
  expect(verdicts.map(({ remaining }) => remaining)).toEqual([0, 0]);
});

test("a key's own sensor is forgotten once its limit senses the load of all keys", () => {
  const { prepare } = changingStore();
  const options = { limit: 10, window: "1h", loadWindow: "1d" } as const;
  const own = prepare(adaptive({ ...options, load: "key" }));
  own.decideSync("key", 4, "consume");
  prepare(adaptive({ ...options, load: "shared", loadLimit: "100/h" })).decideSync("key", 1, "consume");
  const { verdicts } = own.decideSync("key", 1, "consume");
  expect(verdicts[0].state.slice(-3)).toEqual([expect.any(Number), 1, 0]);
});

test("a slot that was written as nothing needs no repair when the clock steps back: a refused call writes nothing", () => {
  const { prepare, clock } = changingStore();
  const bucket = tokenBucket({ capacity: 10, refill: "10/s" });
  const atMost = (limit: number) => fixedWindow({ limit, window: "1d", name: "most" });
  const wide = prepare(bucket, atMost(20));
  clock.advance("1h");
  wide.decideSync("key", [0, 14], "consume");
  clock.advanceMicroseconds(-1);
  expect(prepare(bucket, atMost(6)).decideSync("key", 1, "consume").allowed).toBe(false);
  expect(wide.decideSync("key", 0, "peek").verdicts[1].remaining).toBe(6);
});
