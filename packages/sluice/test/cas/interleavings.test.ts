import * as fc from "fast-check";
import { fixedWindow, type Outcome, type Plan, type PreparedPlan, readLimits } from "sluice";
import { type CasBackend, casStore } from "sluice/cas";
import { manualClock } from "sluice/testing";
import { expect, test } from "vitest";
import { MapBackend } from "./mapBackend.ts";

const clock = manualClock();
const LIMIT = 5;

function plan(limits: Plan["limits"], duration: number): Plan {
  return { namespace: "test", pool: "a", limits, block: { scope: "", duration } };
}

/** A backend whose requests arrive, and whose answers come back, in an order that the scheduler chooses. */
function scheduled(backend: MapBackend, scheduler: fc.Scheduler): CasBackend<number> {
  const travel = () => scheduler.schedule(Promise.resolve());
  const overWire =
    <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await travel();
      const answer = await ask(...args);
      await travel();
      return answer;
    };
  return { read: overWire((key) => backend.read(key)), swap: overWire((...to) => backend.swap(...to)) };
}

/** Processes on one key: each has a store of its own over the same backend. */
function processes(count: number, scheduler: fc.Scheduler, from: Plan): PreparedPlan[] {
  const backend = new MapBackend(clock);
  return Array.from({ length: count }, () =>
    casStore({ ...scheduled(backend, scheduler), clock }).prepare(from),
  );
}

const costs = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }), {
  minLength: 2,
  maxLength: 4,
});

test("whatever the order in which reads and swaps travel, the limit is admitted exactly, and each remainder once", async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.integer({ min: 2, max: 4 }),
    async (scheduler, count) => {
      const stores = processes(count, scheduler, plan(readLimits("test", [`${LIMIT}/d`, "9/m"]), 0));
      const calls = stores.flatMap((store) => [1, 2, 3].map(() => store.decide("key", 1, "consume")));
      const outcomes = await scheduler.waitFor(Promise.all(calls));
      const left = outcomes
        .filter(({ allowed }) => allowed)
        .map(({ verdicts }) => verdicts.map(({ remaining }) => remaining));
      expect(left.toSorted(([a], [b]) => b - a)).toEqual([
        [4, 8],
        [3, 7],
        [2, 6],
        [1, 5],
        [0, 4],
      ]);
    },
  );
  await fc.assert(property, { numRuns: 200 });
}, 60_000);

test("once a call has told of a block, no call that begins later is admitted, and what was admitted fits", async () => {
  const property = fc.asyncProperty(fc.scheduler(), costs, async (scheduler, perProcess) => {
    const limits = [fixedWindow({ limit: LIMIT, window: "1d" })];
    const stores = processes(perProcess.length, scheduler, plan(limits, 1_000_000));
    let admitted = 0;
    let isTold = false;
    const run = async (store: PreparedPlan, cost: number): Promise<Outcome> => {
      const wasTold = isTold;
      const outcome = await store.decide("key", cost, "consume");
      if (outcome.allowed) {
        expect(wasTold).toBe(false);
        admitted += cost;
      }
      isTold ||= outcome.blockedFor > 0;
      return outcome;
    };
    const lines = stores.map(async (store, i) => {
      for (const cost of perProcess[i]) await run(store, cost);
    });
    await scheduler.waitFor(Promise.all(lines));
    expect(admitted).toBeLessThanOrEqual(LIMIT);
    const { verdicts } = await scheduler.waitFor(stores[0].decide("key", 0, "peek"));
    expect(verdicts[0].remaining).toBe(LIMIT - admitted);
  });
  await fc.assert(property, { numRuns: 300 });
}, 60_000);

test("a swap that fails before or after it was done is sent once: never more is admitted than the limit, nor less charged", async () => {
  const fault = fc.constantFrom("none", "none", "before", "after");
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(fault, { minLength: 12, maxLength: 12 }),
    async (scheduler, faults) => {
      const backend = new MapBackend(clock);
      const { read, swap } = scheduled(backend, scheduler);
      const swapOrFail: typeof swap = async (...to) => {
        const what = faults.pop() ?? "none";
        if (what === "before") throw new Error("connection lost");
        const swapped = await swap(...to);
        if (what === "after") throw new Error("connection lost");
        return swapped;
      };
      const stores = [1, 2, 3].map(() =>
        casStore({ read, swap: swapOrFail, clock }).prepare(plan(readLimits("test", `${LIMIT}/d`), 0)),
      );
      const calls = stores.flatMap((store) => [1, 2, 3].map(() => store.decide("key", 1, "consume")));
      const settled = await scheduler.waitFor(Promise.allSettled(calls));
      const admitted = settled.filter((one) => one.status === "fulfilled" && one.value.allowed).length;
      const failed = settled.filter((one) => one.status === "rejected");
      const { verdicts } = await scheduler.waitFor(stores[0].decide("key", 0, "peek"));
      const charged = LIMIT - verdicts[0].remaining;
      expect(charged).toBeGreaterThanOrEqual(admitted);
      expect(charged).toBeLessThanOrEqual(admitted + failed.length);
      for (const one of failed) expect(one.reason).toMatchObject({ code: "STORE_FAILED" });
    },
  );
  await fc.assert(property, { numRuns: 300 });
}, 60_000);
