import { adaptive } from "../../algorithms/adaptive/adaptive.ts";
import { gcra } from "../../algorithms/bucket/gcra.ts";
import { leakyBucket } from "../../algorithms/bucket/leakyBucket.ts";
import { tokenBucket } from "../../algorithms/bucket/tokenBucket.ts";
import type { Limit, LimitOptions } from "../../algorithms/Limit.ts";
import { slidingLog } from "../../algorithms/log/slidingLog.ts";
import { fixedWindow } from "../../algorithms/window/fixedWindow.ts";
import { slidingWindow } from "../../algorithms/window/slidingWindow.ts";
import type { Plan } from "../../stores/Store.ts";
import type { Arbitrary, FastCheck } from "../loadFastCheck.ts";

/** Plain data, so that a failing case can be read. */
export interface RandomLimit {
  readonly algorithm: keyof typeof ALGORITHMS;
  readonly limit: number;
  /** What comes back in a window, where that is told apart from the limit. */
  readonly amount: number;
  readonly windowMs: number;
  readonly countDenied: boolean;
  readonly dryRun: boolean;
}

export interface RandomWorld {
  readonly limits: readonly RandomLimit[];
  /** The numbers of `limits` after a change: their states are the same. */
  readonly changes: readonly Pick<RandomLimit, "limit" | "amount" | "countDenied" | "dryRun">[];
  readonly others: readonly RandomLimit[];
  /** Microseconds. */
  readonly blockFor: number;
  /** Under which key each key is blocked, by number, in the first pool and in the other. */
  readonly blockKeys: readonly (readonly number[])[];
}

interface RandomOptions extends LimitOptions {
  limit: number;
  amount: number;
  window: number;
}

const ALGORITHMS = {
  fixedWindow: (options: RandomOptions): Limit => fixedWindow(windowOptions(options)),
  firstCallWindow: (options: RandomOptions): Limit =>
    fixedWindow({ ...windowOptions(options), anchor: "first-call" }),
  slidingWindow: (options: RandomOptions): Limit => slidingWindow(windowOptions(options)),
  slidingLog: (options: RandomOptions): Limit => slidingLog(windowOptions(options)),
  tokenBucket: ({ amount, limit, window, ...rest }: RandomOptions): Limit =>
    tokenBucket({ capacity: limit, refill: { amount, per: window }, ...rest }),
  leakyBucket: ({ amount, limit, window, ...rest }: RandomOptions): Limit =>
    leakyBucket({ capacity: limit, leak: { amount, per: window }, ...rest }),
  gcra: ({ amount, limit, window, ...rest }: RandomOptions): Limit =>
    gcra({ burst: limit, rate: { amount, per: window }, ...rest }),
  adaptive: (options: RandomOptions): Limit =>
    adaptive({ ...windowOptions(options), hardLimit: options.limit + options.amount }),
  sharedAdaptive: (options: RandomOptions): Limit =>
    adaptive({
      ...windowOptions(options),
      load: "shared",
      loadLimit: { amount: 2 * options.amount, per: options.window },
    }),
} as const;

/** Small limits, that calls soon come up against, over windows from a millisecond to a day. */
export function randomWorld(fc: FastCheck): Arbitrary<RandomWorld> {
  const limits = fc.array(randomLimit(fc), { minLength: 1, maxLength: 3 });
  const changes = fc.record(numbers(fc));
  const key = fc.integer({ min: 0, max: 2 });
  const blockKeys = fc.oneof(fc.constant([0, 1, 2]), fc.tuple(key, key, key));
  return fc.record({
    limits,
    changes: fc.array(changes, { minLength: 3, maxLength: 3 }),
    others: limits,
    blockFor: fc.constantFrom(0, 0, 1, 5000, 60_000_000),
    blockKeys: fc.tuple(blockKeys, blockKeys),
  });
}

function randomLimit(fc: FastCheck): Arbitrary<RandomLimit> {
  return fc.record({
    algorithm: fc.constantFrom(...(Object.keys(ALGORITHMS) as (keyof typeof ALGORITHMS)[])),
    windowMs: fc.constantFrom(1, 7, 1000, 60_000, 86_400_000),
    ...numbers(fc),
  });
}

function numbers(fc: FastCheck): {
  [name in keyof RandomWorld["changes"][number]]: Arbitrary<RandomLimit[name]>;
} {
  const rarely = fc.integer({ min: 0, max: 3 }).map((n) => n === 3);
  return {
    limit: fc.integer({ min: 0, max: 12 }),
    amount: fc.integer({ min: 1, max: 12 }),
    countDenied: rarely,
    dryRun: rarely,
  };
}

/**
 * The plans of a world: its limits, the same after a change, others in another pool, the first once more in another
 * namespace, and once more for several subjects.
 */
export function plansOf({ limits, changes, others, blockFor }: RandomWorld, namespace: string): Plan[] {
  const block = { scope: "", duration: blockFor };
  const changed = limits.map((limit, i) => ({ ...limit, ...changes[i] }));
  return [
    { namespace, pool: "a", limits: limits.map((limit, i) => build(limit, i)), block },
    { namespace, pool: "a", limits: changed.map((limit, i) => build(limit, i)), block },
    {
      namespace,
      pool: "a:b",
      limits: others.map((limit, i) => build(limit, i)),
      block: { ...block, scope: "b" },
    },
    { namespace: `${namespace}:a`, pool: "a", limits: limits.map((limit, i) => build(limit, i)), block },
    { namespace, pool: "by", limits: limits.map(buildBy), block },
  ];
}

const SUBJECTS = ["user", "tenant", "user"];

function buildBy(limit: RandomLimit, i: number): Limit {
  return build(limit, i, SUBJECTS[i]);
}

function build(
  { algorithm, limit, amount, windowMs, countDenied, dryRun }: RandomLimit,
  i: number,
  by?: string,
): Limit {
  const name = `limit ${i}`;
  return ALGORITHMS[algorithm]({ limit, amount, window: windowMs, countDenied, dryRun, name, by });
}

function windowOptions(options: RandomOptions): Omit<RandomOptions, "amount"> {
  const { limit, window, name, by, countDenied, dryRun } = options;
  return { limit, window, name, by, countDenied, dryRun };
}
