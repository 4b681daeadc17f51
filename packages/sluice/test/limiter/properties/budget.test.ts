import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixedWindow, type Hold, type Limit, slidingLog, tokenBucket } from "../../../src/index.ts";
import { manualLimiter } from "../manualLimiter.ts";

/** A call of a model: it reserves an estimate, and later pays what it used, or dies before. */
interface Call {
  readonly at: number;
  readonly estimate: number;
  readonly actual: number;
  readonly hold: Hold;
  isPaid: boolean;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const PER_MINUTE = 1000;
const PER_DAY = 3000;
const REQUESTS = 4;

const requests = fixedWindow({ limit: REQUESTS, window: "1m", name: "requests" });
const perDay = fixedWindow({ limit: PER_DAY, window: "1d", name: "day" });

const move = fc.oneof(
  fc.record({
    does: fc.constant("call" as const),
    estimate: fc.integer({ min: 0, max: 1100 }),
    share: fc.integer({ min: 0, max: 100 }),
  }),
  fc.record({ does: fc.constant("pay" as const), which: fc.nat(30) }),
  fc.record({
    does: fc.constant("pass" as const),
    ms: fc.oneof(fc.nat(40_000), fc.constantFrom(1, MINUTE, DAY)),
  }),
);

/** Plays a history, and looks at all calls after each of its moves. */
async function play(
  tokens: Limit,
  moves: readonly (typeof move extends fc.Arbitrary<infer Move> ? Move : never)[],
  look: (calls: readonly Call[], now: number) => void,
): Promise<void> {
  const { limiter, clock } = manualLimiter([tokens, perDay, requests]);
  const calls: Call[] = [];
  for (const each of moves) {
    if (each.does === "pass") clock.advance(each.ms);
    else if (each.does === "call") {
      const { estimate, share } = each;
      const hold = await limiter.reserve("tenant", { cost: { minute: estimate, day: estimate }, ttl: "1h" });
      const actual = Math.floor((estimate * share) / 100);
      if (hold.allowed) calls.push({ at: clock.now, estimate, actual, hold, isPaid: false });
    } else if (calls.length > 0) {
      const call = calls[each.which % calls.length];
      // A request that was made was made.
      const settled = await call.hold.settle({ minute: call.actual, day: call.actual, requests: 1 });
      if (settled === "settled") call.isPaid = true;
    }
    look(calls, clock.now);
  }
}

/** What calls used, as far as anybody knows. */
const used = (calls: readonly Call[]) =>
  calls.reduce((sum, { isPaid, actual, estimate }) => sum + (isPaid ? actual : estimate), 0);

const inWindow = (calls: readonly Call[], now: number, window: number) =>
  calls.filter(({ at }) => Math.floor(at / window) === Math.floor(now / window));

function keepsDayAndRequests(calls: readonly Call[], now: number): void {
  expect(used(inWindow(calls, now, DAY))).toBeLessThanOrEqual(PER_DAY);
  expect(inWindow(calls, now, MINUTE).length).toBeLessThanOrEqual(REQUESTS);
}

const history = fc.array(move, { maxLength: 40, size: "max" });
const runs = { numRuns: 500 };

describe("tokens per minute and per day, and requests per minute: no interleaving lets more than the budget through", () => {
  test("in windows, whatever was reserved when", async () => {
    const tokens = fixedWindow({ limit: PER_MINUTE, window: "1m", name: "minute" });
    const look = (calls: readonly Call[], now: number) => {
      keepsDayAndRequests(calls, now);
      expect(used(inWindow(calls, now, MINUTE))).toBeLessThanOrEqual(PER_MINUTE);
    };
    await fc.assert(
      fc.asyncProperty(history, (moves) => play(tokens, moves, look)),
      runs,
    );
  }, 120_000);

  test("in a log, in any minute", async () => {
    const tokens = slidingLog({ limit: PER_MINUTE, window: "1m", name: "minute" });
    const look = (calls: readonly Call[], now: number) => {
      keepsDayAndRequests(calls, now);
      expect(used(calls.filter(({ at }) => at > now - MINUTE))).toBeLessThanOrEqual(PER_MINUTE);
    };
    await fc.assert(
      fc.asyncProperty(history, (moves) => play(tokens, moves, look)),
      runs,
    );
  }, 120_000);

  test("in a bucket, in all the time since it was first used", async () => {
    const tokens = tokenBucket({
      capacity: PER_MINUTE,
      refill: { amount: PER_MINUTE, per: "1m" },
      name: "minute",
    });
    const look = (calls: readonly Call[], now: number) => {
      keepsDayAndRequests(calls, now);
      const refilled = calls.length === 0 ? 0 : ((now - calls[0].at) * PER_MINUTE) / MINUTE;
      expect(used(calls)).toBeLessThanOrEqual(PER_MINUTE + refilled);
    };
    await fc.assert(
      fc.asyncProperty(history, (moves) => play(tokens, moves, look)),
      runs,
    );
  }, 120_000);
});
