import type { Law } from "./Law.ts";
import { sameFuture } from "./sameFuture.ts";

export const addedIsAsCharged: Law = {
  promise: "what fits, and is added to what was charged, is as if it had been charged",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const charged = trial.copy();
      if (!charged.consume(cost).fits) return;
      const added = trial.copy();
      added.adjust(cost);
      sameFuture(added, charged, `with ${cost} added, or charged`);
    });
  },
};
