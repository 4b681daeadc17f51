import Memcached from "memcached";
import { rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { changesTwoRecords } from "sluice/cas";
import { testStore } from "sluice/testing";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { memcachedStore } from "../../../../examples/memcachedStore.ts";
import { Fleet } from "../contention/Fleet.ts";
import type { CasJob, CasSpent } from "./spend.ts";

const { url, note } = inject("memcached");
const isMissing = url === "";

/** A client that is ended after the test. */
function connect(): Memcached {
  const client = new Memcached(new URL(url).host);
  onTestFinished(() => client.end());
  return client;
}

describe.skipIf(isMissing)(
  `the Memcached store of the examples${isMissing ? ` (skipped: ${note})` : ""}`,
  () => {
    testStore(
      () => {
        return { store: memcachedStore(connect()), refuses: changesTwoRecords };
      },
      { describe, test },
      { name: "memcachedStore" },
    );

    test("records live as long as their limit needs them, also beyond the thirty days of Memcached", async () => {
      const store = memcachedStore(connect());
      const plan = { namespace: "lifetime", pool: "a", block: { scope: "", duration: 0 } };
      for (const window of ["1h", "30d", "366d"] as const) {
        const limits = [slidingWindow({ limit: 2, window })];
        const prepared = store.prepare({ ...plan, pool: window, limits });
        for (const left of [1, 0, 0]) {
          const { verdicts } = await prepared.decide(`key ${process.pid}`, 1, "consume");
          expect(verdicts[0].remaining).toBe(left);
        }
      }
    });

    describe("8 processes", () => {
      const LIMIT = 700;
      let fleet: Fleet;
      beforeAll(async () => {
        fleet = await Fleet.start(8, "../cas/spend.ts", () => [new URL(url).host]);
      }, 60_000);
      afterAll(() => fleet?.end(), 60_000);

      test.each([500, 7])(
        "of 500 calls on one key, %i in a turn, admit exactly the limit",
        async (callsInTurn) => {
          const job: CasJob = {
            namespace: `${process.pid} ${callsInTurn}`,
            calls: 500,
            limit: LIMIT,
            callsInTurn,
          };
          const spent = await fleet.ask<CasSpent>(Array.from({ length: 8 }, () => job));
          expect(spent.flatMap(({ failed }) => failed)).toEqual([]);
          expect(spent.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(LIMIT);
        },
        60_000,
      );
    });

    test("a limiter over it is one like any other", async () => {
      const limits = [
        tokenBucket({ capacity: 3, refill: "1/d" }),
        slidingWindow({ limit: 100, window: "1d" }),
      ];
      const limiter = rateLimiter({
        limits,
        store: memcachedStore(connect()),
        namespace: `limiter ${process.pid}`,
        onStoreError: "throw",
        timeoutMs: 5000,
      });
      const allowed = [];
      for (let i = 0; i < 4; i++) allowed.push((await limiter.consume("user:42")).allowed);
      expect(allowed).toEqual([true, true, true, false]);
      await limiter.reset("user:42");
      expect((await limiter.peek("user:42", { cost: 0 })).remaining).toBe(3);
    });
  },
);
