import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Hold, memoryStore, rateLimiter, tokenBucket } from "../../src/index.ts";
import { manualClock } from "../../src/testing/index.ts";
import { manualLimiter } from "./manualLimiter.ts";

const BUCKETS = [
  { capacity: 10, perSecond: 1 },
  { capacity: 100, perSecond: 10 },
  { capacity: 8, perSecond: 8000 },
  { capacity: 3000, perSecond: 2_000_000 },
] as const;

type Move =
  | { does: "reserve"; share: number }
  | { does: "consume"; share: number }
  | { does: "settle"; which: number; share: number }
  | { does: "pass"; share: number };

const share = fc.oneof(fc.constantFrom(0, 0.1, 0.5, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const which = fc.nat({ max: 20 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant("reserve" as const), share }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("consume" as const), share }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("settle" as const), which, share }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("pass" as const), share }) },
);

interface Paid {
  readonly atMicroseconds: number;
  cost: number;
}

/** What a bucket of the same numbers holds at its fullest, if this was all that was ever paid. */
function fullest(paid: readonly Paid[], perSecond: number): number {
  let [level, time, most] = [0, 0, 0];
  for (const { atMicroseconds, cost } of paid) {
    level = Math.max(0, level - (atMicroseconds - time) * perSecond) + cost * 1e6;
    most = Math.max(most, level);
    time = atMicroseconds;
  }
  return most / 1e6;
}

test("whatever is reserved, settled and cancelled, no more is paid than capacity + refill * T in any time T", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...BUCKETS),
      fc.array(move, { minLength: 5, maxLength: 60 }),
      async ({ capacity, perSecond }, moves) => {
        const limit = tokenBucket({ capacity, refill: { amount: perSecond, per: "1s" } });
        const { limiter, clock } = manualLimiter(limit);
        const paid: Paid[] = [];
        const open: { hold: Hold; charge: Paid }[] = [];
        let now = 0;
        for (const each of moves) {
          const cost = Math.floor(each.share * capacity);
          const charge = { atMicroseconds: now, cost };
          if (each.does === "pass") {
            const microseconds = Math.floor((1.5 * each.share * capacity * 1e6) / perSecond);
            now += microseconds;
            clock.advanceMicroseconds(microseconds);
          } else if (each.does === "consume") {
            if (limiter.consumeSync("a", { cost }).allowed) paid.push(charge);
          } else if (each.does === "reserve") {
            const hold = await limiter.reserve("a", { cost, ttl: "366d" });
            if (!hold.allowed) continue;
            paid.push(charge);
            open.push({ hold, charge });
          } else if (open.length > 0) {
            const [{ hold, charge: estimate }] = open.splice(each.which % open.length, 1);
            estimate.cost = Math.floor(each.share * estimate.cost);
            await hold.settle(estimate.cost);
          }
        }
        expect(fullest(paid, perSecond)).toBeLessThanOrEqual(capacity);
      },
    ),
    { numRuns: 3000 },
  );
});

const bucketOf = (capacity: number) => tokenBucket({ capacity, refill: "1/s" });

test("holds that drained long ago give nothing back, however many are cancelled", async () => {
  const { limiter, clock } = manualLimiter(bucketOf(100));
  const holds: Hold[] = [];
  for (let n = 0; n < 20; n++) {
    holds.push(await limiter.reserve("a", { cost: 100, ttl: "1h" }));
    clock.advance("100s");
  }
  expect(holds.every(({ allowed }) => allowed)).toBe(true);
  const admitted: boolean[] = [];
  for (const hold of holds) {
    admitted.push(limiter.consumeSync("a", { cost: 100 }).allowed);
    await hold.cancel();
  }
  expect(admitted.filter(Boolean)).toHaveLength(1);
});

test("what was given back before a hold lets it drain sooner", async () => {
  const { limiter, clock } = manualLimiter(bucketOf(20));
  const before = await limiter.reserve("a", { cost: 10, ttl: "1h" });
  const hold = await limiter.reserve("a", { cost: 10, ttl: "1h" });
  await before.cancel();
  clock.advance("10s");
  expect(limiter.consumeSync("a", { cost: 20 }).allowed).toBe(true);
  await hold.cancel();
  expect(limiter.peekSync("a").allowed).toBe(false);
});

test("so it does where somebody else gave back in the name of the same tenant", async () => {
  const clock = manualClock();
  const limiter = rateLimiter<{ user: string; tenant: string }>({
    limits: [
      tokenBucket({ capacity: 1000, refill: "1/s", by: "user", name: "user" }),
      tokenBucket({ capacity: 20, refill: "1/s", by: "tenant", name: "tenant" }),
    ],
    store: memoryStore({ clock }),
  });
  const [one, two] = ["1", "2"].map((user) => ({ user, tenant: "acme" }));
  const before = await limiter.reserve(one, { cost: 10, ttl: "1h" });
  const hold = await limiter.reserve(two, { cost: 10, ttl: "1h" });
  await before.cancel();
  clock.advance("10s");
  expect((await limiter.consume(one, { cost: 20 })).allowed).toBe(true);
  await hold.cancel();
  expect(await limiter.peek(one)).toMatchObject({ allowed: false, remaining: 0 });
});

test.each(["first", "last"] as const)(
  "what is cancelled at once is given back whole, the %s of many first",
  async (which) => {
    const { limiter } = manualLimiter(bucketOf(100));
    const holds: Hold[] = [];
    for (let n = 0; n < 10; n++) holds.push(await limiter.reserve("a", { cost: 10 }));
    for (const hold of which === "first" ? holds : holds.toReversed()) await hold.cancel();
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(100);
  },
);

test("what others spend meanwhile takes nothing from what is given back", async () => {
  const { limiter, clock } = manualLimiter(bucketOf(100));
  limiter.consumeSync("a", { cost: 60 });
  const hold = await limiter.reserve("a", { cost: 30 });
  clock.advance("20s");
  limiter.consumeSync("a", { cost: 10 });
  await hold.settle(5);
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(100 - 60 - 5 - 10 + 20);
});

test("a clock that stepped back has drained nothing", async () => {
  const { limiter, clock } = manualLimiter(bucketOf(100));
  const hold = await limiter.reserve("a", { cost: 100 });
  clock.advanceMicroseconds(-30_000_000);
  await hold.cancel();
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(100);
});
