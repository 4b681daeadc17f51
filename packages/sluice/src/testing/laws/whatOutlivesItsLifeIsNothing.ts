import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import { sameAnswer } from "./sameAnswer.ts";
import { Trial } from "./Trial.ts";

export const whatOutlivesItsLifeIsNothing: Law = {
  promise: "what outlives its life, which counts down to 0, equals nothing, however it goes on",
  hold(trial, moves) {
    const middle = Math.ceil(moves.length / 2);
    countsDown(trial);
    trial.play(moves.slice(0, middle), () => countsDown(trial));
    trial.pass(trial.ask(0).life);
    const fresh = new Trial(trial.limit, trial.model, trial.now);
    trial.last = fresh.last;
    trial.play(moves.slice(middle), (cost) => {
      fresh.now = trial.now;
      sameAnswer(trial.ask(cost), fresh.ask(cost), `an old state and none, at a cost of ${cost}`);
      fresh.consume(cost);
    });
    fresh.now = trial.now;
    sameAnswer(trial.ask(1), fresh.ask(1), "an old state and none, in the end");
  },
};

function countsDown(trial: Trial): void {
  const { life } = trial.ask(0);
  const told = () => `at ${trial.now} the life was ${life} us, `;
  mustHold(trial.calls.length > 0 || life === 0, () => `${told()}though nothing was ever spent`);
  for (const later of [1, Math.ceil(life / 2), life - 1, life]) {
    if (later < 0 || later > life) continue;
    const left = trial.ask(0, later).life;
    mustHold(left === life - later, () => `${told()}and ${left} us after ${later}`);
  }
}
