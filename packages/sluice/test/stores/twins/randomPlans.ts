import {
  adaptive,
  type AdaptiveOptions,
  fixedWindow,
  gcra,
  isSluiceError,
  leakyBucket,
  type Limit,
  type LimitOptions,
  type Plan,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "sluice";
import { concurrency } from "../../../src/algorithms/log/concurrency.ts";
import type { Random } from "./Random.ts";

const YEAR_MS = 366 * 86_400_000;

export const ALGORITHMS: readonly string[] = [
  "fixed-window",
  "sliding-window",
  "sliding-log",
  "token-bucket",
  "leaky-bucket",
  "gcra",
  "adaptive",
  "concurrency",
];

/** A slot, and limits over it: each call makes another, of other amounts. */
type Slot = (random: Random) => Limit;

/**
 * The plans of one pool: the first of its slots, and others over the same slots, all of them or some.
 * @param isSimple mostly one limit of those with which servers have a short way
 */
export function randomPlans(
  random: Random,
  namespace: string,
  pool: string,
  variants: number,
  isSimple: boolean,
): Plan[] {
  const isPlain = random.chance(isSimple ? 0.7 : 0.3);
  const subjects = random.chance(isSimple ? 0 : 0.3) ? ["user", "tenant", "host"] : [undefined];
  const kinds = randomKinds(random, isPlain, 1 + random.below(isSimple || random.chance(0.2) ? 2 : 5));
  const slots = kinds.map((make, i) =>
    randomSlot(random, make, { name: `limit ${i}`, by: random.pick(subjects) }, isPlain),
  );
  return Array.from({ length: 1 + variants }, (_, variant): Plan => {
    const blockMs = isSimple ? random.below(86_400_000) : random.magnitude(86_400_000);
    const duration = random.chance(0.3) ? blockMs * 1000 : 0;
    const all = slots.map((slot) => slot(random));
    const limits = variant === 0 ? all : isSimple ? [random.pick(all)] : subset(random, all);
    const scope = isSimple ? "" : random.pick(["", "scope"]);
    return { namespace, pool, limits, block: { scope, duration } };
  });
}

/** Mostly of different kinds. */
function randomKinds(random: Random, isPlain: boolean, length: number): Kind[] {
  const rest = isPlain ? [...PLAIN_KINDS] : [...PLAIN_KINDS, ...OTHER_KINDS, ...OTHER_KINDS];
  return Array.from({ length }, () => {
    const kind = random.pick(rest);
    if (rest.length > 1 && random.chance(0.9)) rest.splice(rest.indexOf(kind), 1);
    return kind;
  });
}

function subset(random: Random, limits: readonly Limit[]): readonly Limit[] {
  if (random.chance(0.5)) return limits;
  const kept = limits.filter(() => random.chance(0.6));
  return kept.length === 0 ? limits : kept.toReversed();
}

/** @param isPlain of those that let equal calls be decided as one */
function randomSlot(random: Random, make: Kind, own: LimitOptions, isPlain: boolean): Slot {
  const period = randomPeriod(random);
  return (again) => {
    for (;;) {
      const options = {
        ...own,
        countDenied: !isPlain && again.chance(0.3),
        dryRun: !isPlain && again.chance(0.15),
      };
      try {
        return make(again, period, options);
      } catch (error) {
        if (!isSluiceError(error) || (error.code !== "LIMIT_TOO_FINE" && error.code !== "INVALID_LIMIT"))
          throw error;
      }
    }
  };
}

function randomPeriod(random: Random): number {
  if (random.chance(0.5)) return random.magnitude(YEAR_MS);
  return random.pick([1, 2, 7, 999, 1000, 1001, 60_000, 3_600_000, 86_400_000, YEAR_MS]);
}

function randomAmount(random: Random): number {
  return random.chance(0.6) ? random.below(40) : random.magnitude(1_000_000_000);
}

type Kind = (random: Random, period: number, options: LimitOptions) => Limit;

const bucketKind =
  (make: (capacity: number, rate: { amount: number; per: number }, options: LimitOptions) => Limit): Kind =>
  (random, per, options) =>
    make(randomAmount(random), { amount: Math.max(1, randomAmount(random)), per }, options);

const PLAIN_KINDS: readonly Kind[] = [
  bucketKind((capacity, refill, options) => tokenBucket({ capacity, refill, ...options })),
  bucketKind((capacity, leak, options) => leakyBucket({ capacity, leak, ...options })),
  bucketKind((burst, rate, options) => gcra({ burst, rate, ...options })),
  (random, window, options) =>
    fixedWindow({
      limit: randomAmount(random),
      window,
      anchor: random.pick(["clock", "first-call"]),
      ...options,
    }),
  (random, window, options) => slidingWindow({ limit: randomAmount(random), window, ...options }),
];

const OTHER_KINDS: readonly Kind[] = [
  (random, window, options) => slidingLog({ limit: random.below(30), window, ...options }),
  (random, ttl, { countDenied: _, ...options }) => concurrency({ limit: random.below(30), ttl, ...options }),
  (random, window, options) =>
    adaptive({ limit: randomAmount(random), window, ...randomLoad(random, window), ...options }),
];

function randomLoad(random: Random, window: number): Partial<AdaptiveOptions> {
  const [lowLoad, highLoad] = [random.below(500) / 1000, (501 + random.below(500)) / 1000];
  const options = {
    lowLoad,
    highLoad,
    burstMultiplier: 1 + random.below(3000) / 1000,
    penalty: random.below(1001) / 1000,
  };
  const loadWindow = Math.min(YEAR_MS, Math.ceil(window * (random.fraction() + random.below(5))));
  if (random.chance(0.5)) return { ...options, loadWindow };
  return {
    ...options,
    loadWindow,
    load: "shared",
    loadLimit: { amount: 1 + random.below(100), per: window },
  };
}
