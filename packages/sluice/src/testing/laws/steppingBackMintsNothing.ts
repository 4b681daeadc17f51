import { mustHold } from "../mustHold.ts";
import { KeptKey } from "./KeptKey.ts";
import type { Law } from "./Law.ts";

export const steppingBackMintsNothing: Law = {
  promise: "a clock that steps back mints nothing, and what is told then is true",
  hold(trial, moves) {
    const key = new KeptKey(trial.limit);
    moves.forEach((move, i) => {
      const before = key.look(trial.now);
      const isBack = i % 2 === 1;
      trial.pass(isBack ? -Math.min(trial.timeOf(move), trial.now) : trial.timeOf(move));
      const { remaining, state } = key.look(trial.now);
      const told = () => `a step back to ${trial.now} made ${remaining} of a remaining ${before.remaining}`;
      if (isBack) mustHold(remaining <= before.remaining, told);
      trial.state = state;
      const cost = trial.costOf(move);
      trial.last = key.consume(trial.now, cost);
      if (!trial.last.fits) isTrueAfterwards(key, trial.now, cost, trial.last.wait);
    });
  },
};

function isTrueAfterwards(key: KeptKey, now: number, cost: number, wait: number): void {
  if (wait === Infinity) return;
  const told = (what: string) => () => `refused at ${now} with ${wait} us to wait, a cost of ${cost} ${what}`;
  mustHold(key.look(now + wait, cost).fits, told("was refused again then"));
  mustHold(!key.look(now + wait - 1, cost).fits, told("passed 1 us earlier"));
}
