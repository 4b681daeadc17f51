import type { Act } from "../../stores/Store.ts";
import type { Arbitrary, FastCheck } from "../loadFastCheck.ts";

/** One thing that is done to a store, to the plan and the key of those numbers. */
export interface Operation {
  readonly does: "consume" | "peek" | "reset" | "pass" | "step back" | Act["does"] | "unblock" | "give back";
  readonly plan: number;
  readonly key: number;
  /** One cost for all limits, or one for each. */
  readonly costs: number | readonly number[];
  /** Of what is reserved, settled or renewed. */
  readonly id: number;
  /** In the synchronous form, where there is one. */
  readonly sync: boolean;
  /**
   * How much time passes, or what is told to wait for, or how long something is booked, reserved or blocked; with `late`
   * microseconds added.
   */
  readonly time: "the wait" | "the reset" | number;
  readonly late: -1 | 0 | 1;
}

const MS = 1000;
const DAY = 86_400_000 * MS;

export function randomOperations(fc: FastCheck): Arbitrary<Operation[]> {
  const cost = fc.integer({ min: 0, max: 13 });
  const operation = fc.record({
    does: fc.constantFrom<Operation["does"][]>(
      ...(["consume", "consume", "consume", "consume", "consume"] as const),
      ...(["pass", "pass", "pass", "peek", "step back", "reset"] as const),
      ...(["refund", "book", "book", "unbook", "block", "unblock"] as const),
      ...(["reserve", "reserve", "settle", "settle", "give back", "renew"] as const),
    ),
    plan: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
    key: fc.integer({ min: 0, max: 2 }),
    costs: fc.oneof(fc.constant(1), cost, fc.tuple(cost, cost, cost)),
    id: fc.integer({ min: 0, max: 1 }),
    sync: fc.boolean(),
    time: fc.oneof(
      fc.constantFrom<("the wait" | "the reset")[]>("the wait", "the wait", "the reset"),
      fc.constantFrom(0, 1, MS, 7 * MS, 500 * MS, 1000 * MS, 60_000 * MS, DAY, 365 * DAY),
      fc.integer({ min: 0, max: 100_000 * MS }),
    ),
    late: fc.constantFrom<(-1 | 0 | 1)[]>(0, -1, 1),
  } satisfies { [name in keyof Operation]: Arbitrary<Operation[name]> });
  return fc.array(operation, { minLength: 1, maxLength: 40, size: "max" });
}
