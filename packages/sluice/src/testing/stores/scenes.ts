import type { Operation } from "./Operation.ts";
import type { RandomLimit, RandomWorld } from "./randomWorld.ts";

const SECOND = 1_000_000;

const limit: RandomLimit = {
  algorithm: "slidingWindow",
  limit: 10,
  amount: 1,
  windowMs: 60_000,
  countDenied: false,
  dryRun: false,
};
const limits = [limit, limit];
const inOrder = [0, 1, 2];
const world: RandomWorld = {
  limits,
  changes: [limit, limit, limit],
  others: limits,
  blockFor: 0,
  blockKeys: [inOrder, inOrder],
};
/** The plan of several subjects. */
const BY = 4;

/** What random operations seldom come to: two acts on one id, at the right times, and keys of several subjects. */
export const SCENES: readonly [RandomWorld, string[], Operation[]][] = [
  scene(
    // What is reserved is remembered for its ttl, which is no whole number of seconds.
    does("reserve", { time: 1.5 * SECOND }),
    does("pass", { time: 1.5 * SECOND, late: -1 }),
    does("settle", { costs: 3 }),
  ),
  scene(
    // And for no longer.
    does("reserve", { time: 1.5 * SECOND }),
    does("pass", { time: 1.5 * SECOND }),
    does("settle", { costs: 3 }),
  ),
  scene(
    // What is renewed is remembered for another ttl.
    does("reserve", { time: SECOND }),
    does("pass", { time: SECOND, late: -1 }),
    does("renew", { time: SECOND }),
    does("pass", { time: SECOND, late: -1 }),
    does("settle", { costs: 3 }),
  ),
  scene(
    // A reset forgets what was reserved before it, and nothing after it.
    does("reserve", { time: SECOND }),
    does("reset"),
    does("reserve", { time: SECOND, id: 1 }),
    does("settle", { costs: 3 }),
    does("settle", { costs: 3, id: 1 }),
  ),
  scene(
    // A reset forgets what each of several subjects spent.
    does("consume", { plan: BY, costs: 3 }),
    does("reset", { plan: BY }),
    does("peek", { plan: BY }),
  ),
];

function scene(...operations: Operation[]): (typeof SCENES)[number] {
  return [world, ["a", "b", "c"], operations];
}

function does(what: Operation["does"], how: Partial<Operation> = {}): Operation {
  return { does: what, plan: 0, key: 0, costs: 1, id: 0, sync: false, time: 0, late: 0, ...how };
}
