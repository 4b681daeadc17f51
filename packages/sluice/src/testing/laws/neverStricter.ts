import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";

export const neverStricter: Law = {
  promise: "never refuses what the definition has room for",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const room = trial.limit.limit === 0 ? -1 : trial.room();
      mustHold(
        trial.ask(cost).fits || cost > room,
        () => `at ${trial.now} a cost of ${cost} was refused, with room for ${room}`,
      );
    });
  },
};
