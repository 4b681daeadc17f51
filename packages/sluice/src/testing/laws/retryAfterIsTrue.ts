import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import type { Trial } from "./Trial.ts";

export const retryAfterIsTrue: Law = {
  promise: "retry-after is true: then the same call passes, and one microsecond earlier it does not",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const { fits, wait } = trial.ask(cost);
      if (fits)
        mustHold(wait === 0, () => `at ${trial.now} a cost of ${cost} passed and was told to wait ${wait}`);
      else if (wait !== Infinity) isTrueWait(trial, cost, wait);
    });
  },
};

/** The cost passes after `wait` microseconds, by the step and by the definition, and not before. */
export function isTrueWait(trial: Trial, cost: number, wait: number): void {
  const told = () => `at ${trial.now} a cost of ${cost} was told to wait ${wait} us; `;
  mustHold(wait > 0, () => `${told()}it must wait`);
  for (const early of [1, wait, Math.ceil(wait / 2)]) {
    mustHold(!trial.ask(cost, wait - early).fits, () => `${told()}it passed ${early} us earlier`);
  }
  mustHold(trial.ask(cost, wait).fits, () => `${told()}it was refused again then`);
  mustHold(cost <= trial.room(wait), () => `${told()}the definition has room for ${trial.room(wait)} then`);
  mustHold(
    cost > trial.room(wait - 1),
    () => `${told()}the definition has room for ${trial.room(wait - 1)} 1 us earlier`,
  );
}
