import { mustHold } from "../mustHold.ts";
import { isTrueWait } from "./retryAfterIsTrue.ts";
import type { Trial } from "./Trial.ts";

const REFILLS = 1_000_000;
/** Of so many refills one is followed by a cost: a twentieth of the limit, half as often again as it comes back. */
const REFILLS_A_COST = 10;
const REFILLS_A_CHECK = 49_999;
/** The longest that one refill takes, in microseconds, so that a million of them end before 2080. */
const LONGEST = 3e9;

/** After a million stored refills of odd lengths, what is told still is true to the microsecond. */
export const refillsDoNotDrift = {
  promise: "a million fractional refills drift by nothing",
  hold(trial: Trial): void {
    const { limit, windowMs } = trial.limit;
    const cost = Math.max(1, Math.ceil(limit / 20));
    const longest = Math.min(LONGEST, (windowMs * 1000 * cost) / limit / REFILLS_A_COST / 0.75);
    let random = 1;
    for (let refill = 1; refill <= REFILLS; refill++) {
      // Park and Miller, "Random number generators: good ones are hard to find", 1988, with their later multiplier.
      random = (random * 48_271) % 2_147_483_647;
      trial.pass(Math.round((random / 2_147_483_647) * longest));
      trial.consume(refill % REFILLS_A_COST === 0 ? cost : 0);
      if (refill % REFILLS_A_CHECK === 0) isExact(trial, cost);
    }
  },
};

function isExact(trial: Trial, cost: number): void {
  const { limit } = trial.limit;
  const { remaining } = trial.ask(0);
  mustHold(remaining === trial.room(), () => `${remaining} remain, and by the definition ${trial.room()}`);
  for (const more of [1, 2, cost, 2 * cost]) {
    const { fits, wait } = trial.ask(Math.min(limit, remaining + more));
    if (!fits) isTrueWait(trial, Math.min(limit, remaining + more), wait);
  }
}
