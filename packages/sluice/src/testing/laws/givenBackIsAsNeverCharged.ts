import type { Law } from "./Law.ts";
import { sameFuture } from "./sameFuture.ts";

export const givenBackIsAsNeverCharged: Law = {
  promise: "what was just charged, and is given back, is as if it had never been",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const charged = trial.copy();
      if (!charged.consume(cost).fits) return;
      charged.adjust(-cost);
      sameFuture(charged, trial, `with ${cost} charged and given back, or not at all`);
    });
  },
};
