import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import { sameAnswer } from "./sameAnswer.ts";

export const deniedChangesNothing: Law = {
  promise: "a refused call changes nothing, whether its state is stored or not",
  hold(trial, moves) {
    const stored = trial.copy();
    trial.play(moves, (cost) => {
      stored.now = trial.now;
      const refused = trial.ask(cost);
      if (!refused.fits) {
        const looked = trial.ask(0);
        mustHold(
          refused.state.join() === looked.state.join(),
          () =>
            `a refused cost of ${cost} left ${refused.state.join()}, and a cost of 0 ${looked.state.join()}`,
        );
        stored.state = [...refused.state];
      }
      sameAnswer(
        trial.ask(cost),
        stored.ask(cost),
        `with or without storing what refused calls left, a cost of ${cost}`,
      );
      if (refused.fits) stored.state = [...stored.ask(cost).state];
    });
  },
};
