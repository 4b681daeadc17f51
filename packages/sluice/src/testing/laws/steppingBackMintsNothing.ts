import type { Limit } from "../../algorithms/Limit.ts";
import { mustHold } from "../mustHold.ts";
import { Reference } from "../stores/Reference.ts";
import type { Law } from "./Law.ts";
import type { Trial } from "./Trial.ts";

export const steppingBackMintsNothing: Law = {
  promise: "a clock that steps back mints nothing, and what is told then is true",
  hold(trial, moves) {
    const key = new KeyInStore(trial.limit);
    moves.forEach((move, i) => {
      const before = key.look(trial.now);
      const isBack = i % 2 === 1;
      trial.pass(isBack ? -Math.min(trial.timeOf(move), trial.now) : trial.timeOf(move));
      if (isBack) {
        const { remaining } = key.look(trial.now);
        mustHold(remaining <= before.remaining, () => `a step back to ${trial.now} made ${remaining} of ${before.remaining}`);
      }
      trial.state = key.state;
      const cost = trial.costOf(move);
      trial.last = key.consume(cost, trial.now);
      if (!trial.last.fits && trial.last.wait !== Infinity) isTrueAfterwards(key, trial, cost);
    });
  },
};

function isTrueAfterwards(key: KeyInStore, { now, last: { wait } }: Trial, cost: number): void {
  mustHold(key.look(now + wait, cost).fits, () => `refused at ${now}, a cost of ${cost} was refused again after ${wait} us`);
  mustHold(!key.look(now + wait - 1, cost).fits, () => `refused at ${now}, a cost of ${cost} passed before ${wait} us`);
}
