import type { Law } from "./Law.ts";
import { sameAnswer } from "./sameAnswer.ts";
import { Trial } from "./Trial.ts";

export const whatOutlivesItsLifeIsNothing: Law = {
  promise: "what outlives its life equals nothing, however it goes on",
  hold(trial, moves) {
    const middle = Math.ceil(moves.length / 2);
    trial.play(moves.slice(0, middle), () => {});
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
