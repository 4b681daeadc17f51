import { constant } from "fast-check";
import * as nodeTest from "node:test";
import * as vitest from "vitest";
import { expectTypeOf } from "vitest";
import { memoryStore, type MemoryStoreOptions, tokenBucket } from "../../src/index.ts";
import {
  bucketModel,
  type ManualClock,
  manualClock,
  type Runner,
  testAlgorithm,
  testStore,
} from "../../src/testing/index.ts";

/** As Jest declares it. */
declare const jest: {
  describe: (name: string, body: () => void) => void;
  test: (
    name: string,
    body?: (done: () => void) => void | undefined | Promise<unknown>,
    timeout?: number,
  ) => void;
};

// A runner is taken by shape.
expectTypeOf(vitest).toExtend<Runner>();
expectTypeOf(nodeTest).toExtend<Runner>();
expectTypeOf(jest).toExtend<Runner>();

// The manual clock is a clock of every store that takes one.
expectTypeOf<ManualClock>().toExtend<NonNullable<MemoryStoreOptions["clock"]>>();
testStore(() => ({ store: memoryStore({ clock: manualClock() }) }), vitest);

// Options are one type from the random limits to the model.
testAlgorithm(
  {
    limits: (fc) => fc.record({ capacity: fc.nat(), per: fc.nat() }),
    algorithm: ({ capacity, per }) => tokenBucket({ capacity, refill: { amount: 1, per } }),
    model: ({ capacity, per }) => bucketModel({ capacity, rates: [{ amount: 1, periodMs: per }], tick: 1 }),
  },
  vitest,
);
testAlgorithm(
  {
    limits: (fc) => fc.record({ capacity: fc.nat() }),
    // @ts-expect-error: there is no such option
    algorithm: ({ limit }) => tokenBucket({ capacity: limit, refill: "1/s" }),
    model: ({ capacity }) => bucketModel({ capacity, rates: [], tick: 1 }),
  },
  vitest,
);
const withoutModel = { limits: constant(1), algorithm: () => tokenBucket({ capacity: 1, refill: "1/s" }) };
// @ts-expect-error: an algorithm needs its model
testAlgorithm(withoutModel, vitest);
// @ts-expect-error: a store needs a runner
testStore(() => ({ store: memoryStore() }));
// @ts-expect-error: read only
manualClock().now = 1;
