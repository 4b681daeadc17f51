import { mustHold } from "../mustHold.ts";
import { isTrueWait } from "./retryAfterIsTrue.ts";
import type { Trial } from "./Trial.ts";

const CALLS = 1_000_000;
const CHECKS = 4;

/** Over a million calls at odd instants, about two in three of which find room, what is told still is the exact truth. */
export const refillsDoNotDrift = {
  promise: "a million fractional refills drift by nothing",
  hold(trial: Trial): void {
    const { limit, windowMs } = trial.limit;
    const cost = Math.max(1, Math.ceil(limit / 20));
    const pause = Math.ceil((windowMs * 1000 * cost) / limit);
    let random = 1;
    for (let call = 1; call <= CALLS; call++) {
      // The pauses are from nothing to four thirds of the time in which the cost comes back (Park and Miller, 1988).
      random = (random * 48_271) % 2_147_483_647;
      trial.pass(Math.floor(((random % 40_009) / 40_009) * pause * (4 / 3)));
      trial.consume(cost);
      if (call % (CALLS / CHECKS) === 0) isExact(trial, cost);
    }
  },
};

function isExact(trial: Trial, cost: number): void {
  const { remaining } = trial.ask(0);
  mustHold(remaining === trial.room(), () => `${remaining} remain, and by the definition ${trial.room()}`);
  const asked = Math.min(trial.limit.limit, remaining + cost);
  const { fits, wait } = trial.ask(asked);
  if (!fits) isTrueWait(trial, asked, wait);
}
