import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";

export const whatIsBackIsNotGivenBack: Law = {
  promise: "what came back by itself is not given back a second time",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const charged = trial.copy();
      const { fits, reset } = charged.consume(cost);
      if (!fits || cost === 0) return;
      const at = charged.now;
      charged.pass(reset);
      charged.consume(charged.limit.limit);
      charged.adjust(-cost, at, { charge: cost, left: 0, freed: 0 });
      const { remaining } = charged.ask(0);
      mustHold(
        remaining === 0,
        () =>
          `${cost} of ${at} were back at ${charged.now}, and given back once more: ${remaining} remained of none`,
      );
    });
  },
};
