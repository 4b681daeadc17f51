import type { Limit } from "../algorithms/Limit.ts";
import { isSluiceError } from "../errors/SluiceError.ts";
import { changedLimitsKeepUsage } from "./laws/changedLimitsKeepUsage.ts";
import { LAWS } from "./laws/laws.ts";
import { mixedLimitsShareUsage } from "./laws/mixedLimitsShareUsage.ts";
import { randomMoves } from "./laws/Move.ts";
import { refillsDoNotDrift } from "./laws/refillsDoNotDrift.ts";
import { Trial } from "./laws/Trial.ts";
import { type Arbitrary, type FastCheck, loadFastCheck } from "./loadFastCheck.ts";
import type { Model } from "./models/Model.ts";
import type { Runner } from "./Runner.ts";

/** An algorithm that is to be held to the laws, and what it means. */
export interface AlgorithmUnderTest<Options> {
  /** How the group of tests is called. */
  name?: string;
  /** Random options of it: a fast-check arbitrary, or what makes one when fast-check is there. */
  limits: Arbitrary<Options> | ((fc: FastCheck) => Arbitrary<Options>);
  /** The algorithm: `tokenBucket`. Options that it refuses with `LIMIT_TOO_FINE` are passed over. */
  algorithm(options: Options): Limit;
  /** What it means, in another way than its step: `bucketModel`. */
  model(options: Options, limit: Limit): Model;
  /** Random options of a limit that has the same state as this one: another limit over the same window. */
  changes?: (options: Options, fc: FastCheck) => Arbitrary<Options>;
  /**
   * Whether a limit and one of its `changes` may take turns on one state for ever: what was used is clamped when it is counted,
   * not when it is written. Default false: so it is in buckets.
   */
  mixes?: boolean;
  /** How many random histories each law is shown. Default 1000. */
  runs?: number;
}

const TIMEOUT_MS = 120_000;
/** 1 January 2026, and the microseconds of the year in which random histories begin. */
const EPOCH = 1_767_225_600_000_000;
const YEAR = 366 * 86_400_000_000;

/**
 * Holds an algorithm to the laws: random limits, random histories of calls at delicate instants, and each answer compared
 * with a model that shares nothing with the step.
 *
 * ```ts
 * import { describe, test } from "vitest";
 *
 * testAlgorithm({
 *   name: "myWindow",
 *   limits: (fc) => fc.record({ limit: fc.nat(1000), window: fc.integer({ min: 1, max: 86_400_000 }) }),
 *   algorithm: myWindow,
 *   model: ({ limit, window }) => fixedWindowModel({ limit, windowMs: window, anchor: "clock" }),
 * }, { describe, test });
 * ```
 *
 * Needs fast-check. A broken law is an error that tells the options and the shortest history found to break it.
 */
export function testAlgorithm<Options>(
  subject: AlgorithmUnderTest<Options>,
  { describe, test }: Runner,
): void {
  const { name = "algorithm", changes, mixes = false } = subject;
  describe(`${name}, held to the laws`, () => {
    for (const { promise, hold } of LAWS) {
      test(promise, () => assertLaw(subject, hold), TIMEOUT_MS);
    }
    if (changes !== undefined)
      for (const { promise, hold } of mixes
        ? [changedLimitsKeepUsage, mixedLimitsShareUsage]
        : [changedLimitsKeepUsage]) {
        test(promise, () => assertChanges(subject, changes, hold), TIMEOUT_MS);
      }
    test(refillsDoNotDrift.promise, () => assertNoDrift(subject), TIMEOUT_MS);
  });
}

async function assertLaw<Options>(
  subject: AlgorithmUnderTest<Options>,
  hold: (typeof LAWS)[number]["hold"],
): Promise<void> {
  const fc = await loadFastCheck();
  const { runs = 1000 } = subject;
  const property = fc.property(
    randomOptions(subject, fc),
    startTimes(fc),
    randomMoves(fc),
    (options, start, moves) => {
      hold(trialOf(subject, options, start), moves);
    },
  );
  fc.assert(property, { numRuns: runs });
}

async function assertChanges<Options>(
  subject: AlgorithmUnderTest<Options>,
  changes: NonNullable<AlgorithmUnderTest<Options>["changes"]>,
  hold: typeof changedLimitsKeepUsage.hold,
): Promise<void> {
  const fc = await loadFastCheck();
  const { runs = 1000 } = subject;
  const pairs = randomOptions(subject, fc).chain((options) =>
    fc.tuple(
      fc.constant(options),
      changes(options, fc).filter((changed) => isRepresentable(subject, changed)),
    ),
  );
  const property = fc.property(pairs, startTimes(fc), randomMoves(fc), ([options, changed], start, moves) => {
    hold(trialOf(subject, options, start), trialOf(subject, changed, start), moves);
  });
  fc.assert(property, { numRuns: runs });
}

/** Once, with a limit that is neither quite full nor quite empty most of the time: one over 1, if there is such. */
async function assertNoDrift<Options>(subject: AlgorithmUnderTest<Options>): Promise<void> {
  const fc = await loadFastCheck();
  const isOver = (least: number) => (options: Options) => {
    const { limit, windowMs } = subject.algorithm(options);
    return limit > least && windowMs >= 1;
  };
  const drawn = fc.sample(randomOptions(subject, fc), 1000);
  const options = drawn.find(isOver(1)) ?? drawn.find(isOver(0));
  if (options === undefined)
    throw new Error("of 1000 random limits, all are 0 or fill in less than a millisecond");
  try {
    refillsDoNotDrift.hold(trialOf(subject, options, EPOCH));
  } catch (cause) {
    throw new Error(`drift with ${fc.stringify(options)}`, { cause });
  }
}

function trialOf<Options>(
  { algorithm, model }: AlgorithmUnderTest<Options>,
  options: Options,
  start: number,
): Trial {
  const limit = algorithm(options);
  return new Trial(limit, model(options, limit), start);
}

function randomOptions<Options>(subject: AlgorithmUnderTest<Options>, fc: FastCheck): Arbitrary<Options> {
  const { limits } = subject;
  const all = typeof limits === "function" ? limits(fc) : limits;
  return all.filter((options) => isRepresentable(subject, options));
}

function isRepresentable<Options>({ algorithm }: AlgorithmUnderTest<Options>, options: Options): boolean {
  try {
    algorithm(options);
    return true;
  } catch (error) {
    if (isSluiceError(error) && error.code === "LIMIT_TOO_FINE") return false;
    throw error;
  }
}

function startTimes(fc: FastCheck): Arbitrary<number> {
  return fc.nat({ max: YEAR }).map((offset) => EPOCH + offset);
}
