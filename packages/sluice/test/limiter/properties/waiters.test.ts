import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decision, fixedWindow, type Limit, slidingLog, tokenBucket } from "../../../src/index.ts";
import { flush, watch, type Watched } from "../flush.ts";
import { manualLimiter } from "../manualLimiter.ts";

/** What is spent, by the tick at which it was let in. */
interface Spent {
  readonly tick: number;
  readonly cost: number;
}

/** Whether what was let in is within the limit, whatever stretch of time is looked at. A tick is 100 ms. */
type Conforms = (spent: readonly Spent[], limit: number) => boolean;

const sum = (spent: readonly Spent[]) => spent.reduce((all, { cost }) => all + cost, 0);

const kinds: readonly [string, (limit: number) => Limit, Conforms][] = [
  [
    "a bucket, whose slots are booked",
    (limit) => tokenBucket({ capacity: limit, refill: "10/s" }),
    // One comes back in each tick.
    (spent, limit) =>
      spent.every((from, i) =>
        spent.slice(i).every((to, n) => sum(spent.slice(i, i + n + 1)) <= limit + to.tick - from.tick),
      ),
  ],
  [
    "a fixed window, where callers stand in line",
    (limit) => fixedWindow({ limit, window: "1s" }),
    (spent, limit) =>
      spent.every(
        ({ tick }) =>
          sum(spent.filter((other) => Math.floor(other.tick / 10) === Math.floor(tick / 10))) <= limit,
      ),
  ],
  [
    "a log, where callers stand in line",
    (limit) => slidingLog({ limit, window: "1s" }),
    (spent, limit) =>
      spent.every(
        ({ tick }) => sum(spent.filter((other) => other.tick > tick - 10 && other.tick <= tick)) <= limit,
      ),
  ],
];

const move = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("wait" as const),
      cost: fc.integer({ min: 1, max: 4 }),
      timeoutTicks: fc.constantFrom(0, 3, 12, 100),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("consume" as const), cost: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("abort" as const), who: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("pass" as const), ticks: fc.integer({ min: 1, max: 6 }) }),
  },
);

interface Waiter {
  readonly cost: number;
  readonly came: number;
  readonly timeoutTicks: number;
  readonly abort: AbortController;
  readonly watched: Watched<Decision>;
  /** When it was let in, and after how many others. */
  tick?: number;
  turn?: number;
}

describe.each(kinds)("under %s", (_, make, conforms) => {
  test("nobody who waits is overtaken, waits too long, or is let in beyond the limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(move, { maxLength: 25, size: "max" }),
        async (limit, moves) => {
          const { limiter, clock } = manualLimiter(make(limit));
          const waiters: Waiter[] = [];
          const spent: Spent[] = [];
          let tick = 0;
          const pass = async (ticks: number) => {
            for (let n = 0; n < ticks; n++) {
              clock.advance(100);
              tick++;
              await flush();
            }
          };
          const wait = (cost: number, timeoutTicks: number) => {
            const abort = new AbortController();
            const promise = limiter.wait("k", { cost, timeoutMs: timeoutTicks * 100, signal: abort.signal });
            const waiter: Waiter = { cost, came: tick, timeoutTicks, abort, watched: watch(promise) };
            waiters.push(waiter);
            const letIn = ({ allowed }: Decision) => {
              if (allowed) Object.assign(waiter, { tick, turn: spent.push({ tick, cost }) });
            };
            promise.then(letIn, () => {});
          };
          for (const each of moves) {
            if (each.does === "pass") await pass(each.ticks);
            else if (each.does === "abort") waiters[each.who % (waiters.length || 1)]?.abort.abort();
            else if (each.does === "wait") wait(each.cost, each.timeoutTicks);
            else if (limiter.consumeSync("k", { cost: each.cost }).allowed)
              spent.push({ tick, cost: each.cost });
            await flush();
          }
          await pass(110);
          const admitted = waiters.filter((waiter) => waiter.tick !== undefined);
          expect(admitted.map(({ turn }) => turn!)).toEqual(
            admitted.map(({ turn }) => turn!).toSorted((a, b) => a - b),
          );
          expect(conforms(spent, limit)).toBe(true);
          for (const waiter of waiters) {
            expect(waiter.watched.state).not.toBe("pending");
            if (waiter.tick !== undefined)
              expect(waiter.tick - waiter.came).toBeLessThanOrEqual(waiter.timeoutTicks);
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
