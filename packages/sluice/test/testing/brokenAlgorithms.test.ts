import { describe, expect, test } from "vitest";
import { bucket as bucketMachine, type BucketParams } from "../../src/algorithms/bucket/step.ts";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import type { Limit } from "../../src/algorithms/Limit.ts";
import type { Machine, Params, State, Verdict } from "../../src/algorithms/Machine.ts";
import { window as windowMachine, type WindowParams } from "../../src/algorithms/window/step.ts";
import { slidingWindow } from "../../src/algorithms/window/slidingWindow.ts";
import { type AlgorithmUnderTest, bucketModel, slidingWindowModel } from "../../src/testing/index.ts";
import { brokenPromises } from "./brokenPromises.ts";

/** What a step is given, and does. */
interface Step {
  params: Readonly<Record<string, number>>;
  state: State;
  now: number;
  cost: number;
  counted: boolean;
  verdict: Verdict;
  /** The step as it should be. */
  rightly(counted?: boolean): void;
}

/** A limit whose step does something else. */
function broken(limit: Limit, fault: (step: Step) => void): Limit {
  const { machine } = limit;
  return {
    ...limit,
    machine: {
      ...machine,
      step(params, state, now, cost, counted, verdict) {
        const rightly = (isCounted = counted) => machine.step(params, state, now, cost, isCounted, verdict);
        fault({ params, state, now, cost, counted, verdict, rightly });
      },
    },
  };
}

/** A machine whose `adjust` or `book` does something else. */
function misadjusted<Parameters extends Params>(
  limit: Limit<Parameters>,
  fault: Partial<Pick<Machine<Parameters>, "adjust" | "book">>,
): Limit<Parameters> {
  return { ...limit, machine: { ...limit.machine, ...fault } };
}

/** A token bucket with such a fault. */
function bucketBut(
  fault: (rightly: Machine<BucketParams>) => Partial<Machine<BucketParams>>,
): AlgorithmUnderTest<{ capacity: number; per: number }> {
  return {
    ...bucket(({ rightly }) => rightly()),
    algorithm: ({ capacity, per }) =>
      misadjusted(tokenBucket({ capacity, refill: { amount: 7, per } }), fault(bucketMachine)),
  };
}

/** A sliding window with such a fault. */
function windowBut(
  fault: (rightly: Machine<WindowParams>) => Partial<Machine<WindowParams>>,
): AlgorithmUnderTest<{ limit: number; window: number }> {
  return {
    ...window(({ rightly }) => rightly()),
    algorithm: (options) => misadjusted(slidingWindow(options), fault(windowMachine)),
  };
}

/** A token bucket with a fault. */
function bucket(fault: (step: Step) => void): AlgorithmUnderTest<{ capacity: number; per: number }> {
  return {
    limits: (fc) =>
      fc.record({ capacity: fc.integer({ min: 0, max: 20 }), per: fc.integer({ min: 1, max: 10_000 }) }),
    algorithm: ({ capacity, per }) => broken(tokenBucket({ capacity, refill: { amount: 7, per } }), fault),
    runs: 300,
    model: ({ capacity, per }) => bucketModel({ capacity, rates: [{ amount: 7, periodMs: per }], tick: 1 }),
    changes: ({ per }, fc) => fc.record({ capacity: fc.integer({ min: 0, max: 20 }), per: fc.constant(per) }),
  };
}

/** A token bucket whose model holds as many more. */
function holding(more: number): AlgorithmUnderTest<{ capacity: number; per: number }> {
  const subject = bucket(({ rightly }) => rightly());
  return {
    ...subject,
    model: (options, limit) => subject.model({ ...options, capacity: options.capacity + more }, limit),
  };
}

/** A sliding window with a fault. */
function window(fault: (step: Step) => void): AlgorithmUnderTest<{ limit: number; window: number }> {
  return {
    limits: (fc) =>
      fc.record({ limit: fc.integer({ min: 0, max: 20 }), window: fc.integer({ min: 1, max: 10_000 }) }),
    algorithm: (options) => broken(slidingWindow(options), fault),
    runs: 300,
    model: ({ limit, window }) => slidingWindowModel({ limit, windowMs: window, tick: 1 }),
    changes: ({ window }, fc) =>
      fc.record({ limit: fc.integer({ min: 0, max: 20 }), window: fc.constant(window) }),
    mixes: true,
  };
}

const NEVER_OVER = "never lets through more than the definition has room for";
const NEVER_STRICTER = "never refuses what the definition has room for";
const RETRY_AFTER = "retry-after is true: then the same call passes, and one microsecond earlier it does not";
const REMAINING = "remaining is true: a cost of it passes, and of one more does not";
const RESET = "reset is true: then everything remains, and one microsecond earlier it does not";
const DENIED = "a refused call changes nothing, whether its state is stored or not";
const EDGES =
  "a cost of 0 passes, a limit of 0 refuses everything for ever, and so is refused what is over the limit, and nothing else";
const INTEGERS = "everything stored and told is a whole number below 2^53, also as an instant";
const BACK = "a clock that steps back mints nothing, and what is told then is true";
const YEAR = "a year's jump forward gives one full quota at most";
const LIFE = "what outlives its life, which counts down to 0, equals nothing, however it goes on";
const COUNTED = "countDenied charges a refused call as far as there is room, and then tells the wait";
const CHANGED = "a changed limit keeps what was used, rounded up, and clamped to the new limit";
const MIXED = "old and new limits that take turns each find what all calls left of their own";
const GIVEN_BACK = "what was just charged, and is given back, is as if it had never been";
const BACK_TWICE = "what came back by itself is not given back a second time";
const ADDED = "what fits, and is added to what was charged, is as if it had been charged";
const BOUNDS =
  "whatever is given back or added, nothing is minted, a debt ends when it is told to, and integers stay exact";
const BOOKED =
  "booked slots come one after the other, exactly when there is room for them behind those before";
const DRIFT = "a million fractional refills drift by nothing";

describe("the laws find", { timeout: 60_000 }, () => {
  test("nothing in a step that is right", async () => {
    await expect(
      brokenPromises(
        bucket(({ rightly }) => rightly()),
        { withDrift: true },
      ),
    ).resolves.toEqual([]);
    await expect(
      brokenPromises(
        window(({ rightly }) => rightly()),
        { withDrift: true },
      ),
    ).resolves.toEqual([]);
  });

  test("a wait that is a microsecond too short or too long", async () => {
    for (const off of [-1, 1]) {
      const late = bucket(({ rightly, verdict }) => {
        rightly();
        if (verdict.wait > 1) verdict.wait += off;
      });
      await expect(brokenPromises(late)).resolves.toEqual([RETRY_AFTER, BACK, COUNTED, BOUNDS, BOOKED]);
    }
  });

  test("a refill in floating point", async () => {
    const float = bucket(({ params: { capacity, unit, rate }, state, now, cost, verdict }) => {
      const level = Math.max(0, state[1] - (now - state[0]) * (rate / unit));
      verdict.fits = cost <= capacity - level && capacity > 0;
      state[0] = now;
      state[1] = verdict.fits ? level + cost : level;
      verdict.wait = verdict.fits ? 0 : Math.ceil(((state[1] + cost - capacity) * unit) / rate);
      if (cost > capacity || capacity === 0) verdict.wait = Infinity;
      verdict.remaining = Math.floor(capacity - state[1]);
      verdict.reset = verdict.life = Math.ceil((state[1] * unit) / rate);
    });
    const found = await brokenPromises(float);
    expect(found).toEqual(expect.arrayContaining([RETRY_AFTER, INTEGERS]));
  });

  test("a refill that loses the fraction of each call", async () => {
    const lossy = bucket(({ params: { unit }, state, rightly }) => {
      rightly();
      state[1] = Math.ceil(state[1] / unit) * unit;
    });
    const found = await brokenPromises(lossy, { withDrift: true });
    expect(found).toEqual(expect.arrayContaining([NEVER_STRICTER, RESET, DENIED, DRIFT]));
  });

  test("a charge on a denial", async () => {
    const charging = bucket(({ params: { capacity, unit }, state, verdict, rightly }) => {
      rightly();
      if (!verdict.fits && verdict.wait !== Infinity) state[1] = capacity * unit;
    });
    await expect(brokenPromises(charging)).resolves.toContain(DENIED);
  });

  test("a clock that mints when it steps back", async () => {
    const minting = window(({ params: { window }, state, now, rightly }) => {
      const start = now - (now % window);
      if (state[0] > start) state[0] = start;
      rightly();
    });
    await expect(brokenPromises(minting)).resolves.toEqual([BACK]);
  });

  test("a bucket that holds one too many, or one too few", async () => {
    await expect(brokenPromises(holding(-1))).resolves.toEqual(
      expect.arrayContaining([NEVER_OVER, REMAINING]),
    );
    await expect(brokenPromises(holding(1))).resolves.toEqual(
      expect.arrayContaining([NEVER_STRICTER, REMAINING]),
    );
  });

  test("a window that rounds the one before it down", async () => {
    const rounding = window(({ params: { limit, window }, state, now, cost, verdict, rightly }) => {
      rightly();
      const left = state[2] * (window - (now - state[0]));
      const used = state[1] - (verdict.fits ? cost : 0) + Math.floor(left / window);
      if (verdict.fits || cost > limit || used + cost > limit) return;
      verdict.fits = true;
      verdict.wait = 0;
      state[1] += cost;
    });
    await expect(brokenPromises(rounding)).resolves.toContain(NEVER_OVER);
  });

  test("a bucket that goes on filling beyond its capacity", async () => {
    const growing = bucket(({ params: { capacity, unit, rate }, state, now, cost, verdict }) => {
      const level = state[0] === 0 ? 0 : state[1] - (now - state[0]) * rate;
      const room = Math.floor((capacity * unit - level) / unit);
      verdict.fits = capacity > 0 && (cost === 0 || cost <= room);
      verdict.wait = verdict.fits ? 0 : Infinity;
      state[0] = now;
      state[1] = verdict.fits ? level + cost * unit : level;
      verdict.remaining = Math.max(0, Math.floor((capacity * unit - state[1]) / unit));
      verdict.reset = verdict.life = Math.max(0, Math.ceil(state[1] / rate));
    });
    await expect(brokenPromises(growing)).resolves.toEqual(expect.arrayContaining([NEVER_OVER, YEAR]));
  });

  test("a remaining, or a reset, that is off by one", async () => {
    const remaining = bucket(({ rightly, verdict }) => {
      rightly();
      verdict.remaining = Math.max(0, verdict.remaining - 1);
    });
    await expect(brokenPromises(remaining)).resolves.toContain(REMAINING);
    const reset = bucket(({ rightly, verdict }) => {
      rightly();
      if (verdict.reset > 0) verdict.reset++;
    });
    await expect(brokenPromises(reset)).resolves.toContain(RESET);
  });

  test("a life that ends too soon", async () => {
    const short = window(({ rightly, verdict }) => {
      rightly();
      verdict.life = Math.floor(verdict.life / 2);
    });
    await expect(brokenPromises(short)).resolves.toEqual([RESET, LIFE]);
  });

  test("a limit of 0 that lets a cost of 0 pass", async () => {
    const lenient = bucket(({ rightly, verdict, cost }) => {
      rightly();
      if (cost !== 0) return;
      verdict.fits = true;
      verdict.wait = 0;
    });
    await expect(brokenPromises(lenient)).resolves.toEqual([EDGES]);
  });

  test("a counted denial that tells the wait from before its charge, or charges nothing", async () => {
    const early = bucket(({ state, counted, verdict, rightly }) => {
      const before = [...state];
      rightly(false);
      if (!counted || verdict.fits) return;
      const { wait } = verdict;
      state.splice(0, state.length, ...before);
      rightly();
      verdict.wait = wait;
    });
    const forgetting = bucket(({ state, verdict, counted, rightly }) => {
      const before = [...state];
      rightly();
      if (counted && !verdict.fits) state.splice(0, state.length, ...before);
    });
    await expect(brokenPromises(early)).resolves.toEqual([COUNTED]);
    await expect(brokenPromises(forgetting)).resolves.toEqual([COUNTED]);
  });

  test("a changed limit that forgives", async () => {
    const forgiving = bucket(({ params: { capacity, unit }, state, rightly }) => {
      if (state[1] >= capacity * unit) state[1] = 0;
      rightly();
    });
    await expect(brokenPromises(forgiving)).resolves.toContain(CHANGED);
  });

  test("a lowered limit that writes down less than was used", async () => {
    const clamping = window(({ params: { limit }, state, rightly }) => {
      rightly();
      state[1] = Math.min(state[1], limit);
    });
    await expect(brokenPromises(clamping)).resolves.toEqual([MIXED]);
  });

  test("a refund that gives one too many", async () => {
    const generous = bucketBut(({ adjust }) => ({
      adjust: (params, state, now, amount, at, standing) =>
        adjust(params, state, now, amount < 0 ? amount - 1 : amount, at, standing),
    }));
    await expect(brokenPromises(generous)).resolves.toEqual([GIVEN_BACK]);
  });

  test("a refund that gives nothing back, or gives it to another window", async () => {
    const greedy = windowBut(({ adjust }) => ({
      adjust(params, state, now, amount, at) {
        if (amount > 0) adjust(params, state, now, amount, at);
      },
    }));
    await expect(brokenPromises(greedy)).resolves.toEqual([GIVEN_BACK]);
    const late = windowBut(({ adjust }) => ({
      adjust: (params, state, now, amount, at) => adjust(params, state, now, amount, at - params.window),
    }));
    await expect(brokenPromises(late)).resolves.toEqual([GIVEN_BACK]);
  });

  test("a count that goes below nothing", async () => {
    const negative = windowBut(() => ({
      adjust(_params, state, _now, amount) {
        state[1] += amount;
      },
    }));
    await expect(brokenPromises(negative)).resolves.toEqual([BACK_TWICE, BOUNDS]);
  });

  test("a settlement that gives back what has drained", async () => {
    const twice = bucketBut(({ adjust }) => ({
      adjust: (params, state, now, amount, at) => adjust(params, state, now, amount, at),
    }));
    await expect(brokenPromises(twice)).resolves.toEqual([BACK_TWICE]);
  });

  test("a settlement that is not charged, or charged where it cannot be exact", async () => {
    const free = bucketBut(({ adjust }) => ({
      adjust(params, state, now, amount, at, standing) {
        if (amount < 0) adjust(params, state, now, amount, at, standing);
      },
    }));
    await expect(brokenPromises(free)).resolves.toEqual([ADDED]);
    const bottomless = bucketBut(({ adjust }) => ({
      adjust(params, state, now, amount, at, standing) {
        if (amount < 0) return adjust(params, state, now, amount, at, standing);
        state[1] += amount * params.unit;
        if (state[1] > params.capacity * params.unit) state[2] = -params.unit;
      },
    }));
    await expect(brokenPromises(bottomless)).resolves.toEqual([BOUNDS]);
  });

  test("a slot that is not charged, charged twice, or refused", async () => {
    for (const fault of [
      () => true,
      () => false,
      (rightly: Machine<BucketParams>) => (params: BucketParams, state: State, cost: number) =>
        rightly.book!(params, state, cost) && rightly.book!(params, state, cost),
    ] as const) {
      const book = (rightly: Machine<BucketParams>): NonNullable<Machine<BucketParams>["book"]> => {
        const made = fault(rightly);
        return typeof made === "boolean" ? () => made : made;
      };
      await expect(brokenPromises(bucketBut((rightly) => ({ book: book(rightly) })))).resolves.toEqual([
        BOOKED,
      ]);
    }
  });
});
