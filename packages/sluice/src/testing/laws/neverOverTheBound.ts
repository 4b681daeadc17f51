import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";

export const neverOverTheBound: Law = {
  promise: "never lets through more than the definition has room for",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      const room = trial.room();
      mustHold(
        !trial.ask(cost).fits || cost <= room,
        () => `at ${trial.now} a cost of ${cost} passed, with room for ${room}`,
      );
    });
  },
};
