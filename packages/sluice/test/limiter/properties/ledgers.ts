/** What a limit means, as a ledger: exact, in BigInt, and told otherwise than the steps tell it. Times in microseconds. */
export interface Ledger {
  remaining(now: bigint): bigint;
  charge(now: bigint, cost: bigint): void;
  /** Charges what has been spent already, as far as the limit can remember it. */
  owe(now: bigint, cost: bigint): void;
  /** Gives back what was charged at an instant. */
  giveBack(now: bigint, cost: bigint, at: bigint): void;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A bucket that drains by `amount` in `period`, with a debt of one full capacity at most. Levels are times `period`. */
export function bucketLedger(capacity: bigint, amount: bigint, period: bigint): Ledger {
  let level = 0n;
  let time = 0n;
  const drain = (now: bigint) => {
    level = most(0n, level - amount * (now - time));
    time = now;
  };
  return {
    remaining(now) {
      drain(now);
      return most(0n, (capacity * period - level) / period);
    },
    charge(now, cost) {
      drain(now);
      level += cost * period;
    },
    owe(now, cost) {
      drain(now);
      level = most(level, least(level + cost * period, 2n * capacity * period));
    },
    giveBack(now, cost) {
      drain(now);
      level = most(0n, level - cost * period);
    },
  };
}

/** Counts by the number of the window; with `weight`, the one before counts by what is left of it. */
export function windowLedger(limit: bigint, window: bigint, weight: 0n | 1n): Ledger {
  const counts = new Map<bigint, bigint>();
  const countOf = (number: bigint) => counts.get(number) ?? 0n;
  const change = (number: bigint, by: bigint) =>
    counts.set(number, most(0n, least(limit, countOf(number) + by)));
  return {
    remaining(now) {
      const number = now / window;
      const before = weight * countOf(number - 1n) * (window - (now % window));
      return most(0n, limit - countOf(number) - (before + window - 1n) / window);
    },
    charge: (now, cost) => change(now / window, cost),
    owe: (now, cost) => change(now / window, cost),
    giveBack: (_, cost, at) => change(at / window, -cost),
  };
}

/** Every cost at its instant. */
export function logLedger(limit: bigint, window: bigint): Ledger {
  const entries = new Map<bigint, bigint>();
  const change = (at: bigint, by: bigint) => entries.set(at, most(0n, (entries.get(at) ?? 0n) + by));
  const ledger: Ledger = {
    remaining(now) {
      let used = 0n;
      for (const [at, cost] of entries) if (at > now - window) used += cost;
      return most(0n, limit - used);
    },
    charge: change,
    owe: (now, cost) => change(now, least(cost, ledger.remaining(now))),
    giveBack: (_, cost, at) => change(at, -cost),
  };
  return ledger;
}
