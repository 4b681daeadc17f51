import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  fixedWindow,
  type Limit,
  memoryStore,
  rateLimiter,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "../../../src/index.ts";
import { manualClock } from "../../../src/testing/index.ts";
import { bucketLedger, type Ledger, logLedger, windowLedger } from "./ledgers.ts";

const WINDOW_MS = 1000;
const WINDOW = 1_000_000n;

interface Kind {
  readonly limit: (limit: number) => Limit;
  readonly ledger: (limit: number) => Ledger;
}

const kinds: Readonly<Record<string, Kind>> = {
  bucket: {
    limit: (limit) => tokenBucket({ capacity: limit, refill: { amount: 7, per: WINDOW_MS }, name: "bucket" }),
    ledger: (limit) => bucketLedger(BigInt(limit), 7n, WINDOW),
  },
  "fixed window": {
    limit: (limit) => fixedWindow({ limit, window: WINDOW_MS, name: "fixed" }),
    ledger: (limit) => windowLedger(BigInt(limit), WINDOW, 0n),
  },
  "sliding window": {
    limit: (limit) => slidingWindow({ limit, window: WINDOW_MS, name: "sliding" }),
    ledger: (limit) => windowLedger(BigInt(limit), WINDOW, 1n),
  },
  log: {
    limit: (limit) => slidingLog({ limit, window: WINDOW_MS, name: "log" }),
    ledger: (limit) => logLedger(BigInt(limit), WINDOW),
  },
};

const ids = ["a", "b", "c"] as const;
const id = fc.constantFrom(...ids);
const cost = fc.nat(12);
const move = fc.oneof(
  fc.record({ does: fc.constant("reserve" as const), id, cost, ttlMs: fc.constantFrom(1, 400, 5000) }),
  fc.record({ does: fc.constant("settle" as const), id, cost }),
  fc.record({ does: fc.constant("cancel" as const), id }),
  fc.record({ does: fc.constant("consume" as const), cost }),
  fc.record({ does: fc.constant("reset" as const) }),
  fc.record({
    does: fc.constant("pass" as const),
    microseconds: fc.oneof(
      fc.constantFrom(0, 1, 399_999, 400_000, 1_000_000, 999, 1000),
      fc.integer({ min: 0, max: 2_500_000 }),
    ),
  }),
);

interface Reserved {
  readonly at: bigint;
  readonly until: bigint;
  readonly cost: bigint;
  isOpen: boolean;
}

/** The limits as ledgers, and what was reserved in them. */
class Books {
  ledgers: Ledger[];
  readonly reserved = new Map<string, Reserved>();
  readonly #make: () => Ledger[];

  constructor(make: () => Ledger[]) {
    this.#make = make;
    this.ledgers = make();
  }

  remaining(now: bigint): number[] {
    return this.ledgers.map((ledger) => Number(ledger.remaining(now)));
  }

  consume(now: bigint, asked: bigint): boolean {
    const fits = this.ledgers.every((ledger) => asked <= ledger.remaining(now));
    if (fits) for (const ledger of this.ledgers) ledger.charge(now, asked);
    return fits;
  }

  reserve(now: bigint, name: string, asked: bigint, ttl: bigint): boolean {
    if (this.#find(now, name) !== undefined) return true;
    const fits = this.consume(now, asked);
    if (fits) this.reserved.set(name, { at: now, until: now + ttl, cost: asked, isOpen: true });
    return fits;
  }

  settle(now: bigint, name: string, actual: bigint): string {
    const found = this.#find(now, name);
    if (found === undefined) return "expired";
    const more = actual - found.cost;
    if (found.isOpen) {
      for (const ledger of this.ledgers) {
        if (more > 0n) ledger.owe(now, more);
        else ledger.giveBack(now, -more, found.at);
      }
    }
    found.isOpen = false;
    return "settled";
  }

  hasOpen(now: bigint): boolean {
    return [...this.reserved.values()].some(({ isOpen, until }) => isOpen && until > now);
  }

  reset(): void {
    this.ledgers = this.#make();
    this.reserved.clear();
  }

  #find(now: bigint, name: string): Reserved | undefined {
    const found = this.reserved.get(name);
    return found !== undefined && found.until > now ? found : undefined;
  }
}

const some = fc.subarray(Object.keys(kinds), { minLength: 1 });
const history = fc.array(move, { maxLength: 40, size: "max" });

test("reserve, settle and cancel in any order, and repeated, leave the exact balance", async () => {
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 1, max: 20 }), history, async (names, limit, moves) => {
      const clock = manualClock();
      const limits = names.map((name) => kinds[name].limit(limit));
      const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
      const books = new Books(() => names.map((name) => kinds[name].ledger(limit)));
      for (const each of moves) {
        const now = BigInt(clock());
        if (each.does === "pass") {
          // What has drained of a reservation is told by bounds, not by a ledger: paidWithinBound.test.ts.
          if (!(names.includes("bucket") && books.hasOpen(now))) clock.advanceMicroseconds(each.microseconds);
        } else if (each.does === "reset") {
          books.reset();
          await limiter.reset("k");
        } else if (each.does === "consume") {
          expect(limiter.consumeSync("k", { cost: each.cost }).allowed).toBe(
            books.consume(now, BigInt(each.cost)),
          );
        } else if (each.does === "reserve") {
          const { ttlMs } = each;
          const hold = await limiter.reserve("k", { id: each.id, cost: each.cost, ttl: ttlMs });
          expect(hold.allowed).toBe(books.reserve(now, each.id, BigInt(each.cost), BigInt(ttlMs) * 1000n));
        } else {
          const actual = each.does === "settle" ? each.cost : 0;
          expect(await limiter.settle("k", each.id, actual)).toBe(books.settle(now, each.id, BigInt(actual)));
        }
        const { limits: left } = limiter.peekSync("k", { cost: 0 });
        expect(left.map(({ remaining }) => remaining)).toEqual(books.remaining(BigInt(clock())));
      }
    }),
    { numRuns: 2000 },
  );
}, 120_000);
