import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import { isTrueWait } from "./retryAfterIsTrue.ts";

/** 366 days, in microseconds: nobody waits for longer. */
const LONGEST_WAIT = 366 * 86_400_000_000;

/** The definition is told of each when it is booked: who comes later finds room when all before it have drained. */
export const bookedSlotsComeWhenTold: Law = {
  promise: "booked slots come one after the other, exactly when there is room for them behind those before",
  hold(trial, moves) {
    if (trial.limit.machine.book === undefined) return;
    let last = trial.now;
    let slots = 0;
    for (const move of moves) {
      trial.pass(Math.floor(trial.timeOf(move) / 4));
      const cost = trial.costOf(move);
      const { fits, wait } = trial.ask(cost);
      if (cost === 0 || wait > LONGEST_WAIT) continue;
      const told = () => `at ${trial.now} the slot of a cost of ${cost} was to come in ${wait} us`;
      mustHold(trial.now + wait >= last, () => `${told()}, before one that was booked earlier`);
      last = trial.now + wait;
      if (fits) {
        trial.consume(cost);
        continue;
      }
      isTrueWait(trial, cost, wait);
      const isBooked = trial.book(cost);
      mustHold(isBooked || slots > 0, () => `${told()}, and it was not booked`);
      // Too far ahead, the integers would not be exact.
      if (!isBooked) return;
      slots++;
    }
  },
};
