import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";

const YEAR = 366 * 86_400_000_000;

export const yearForwardGivesOneQuota: Law = {
  promise: "a year's jump forward gives one full quota at most",
  hold(trial, moves) {
    const { limit } = trial.limit;
    trial.play(moves, () => {});
    trial.pass(YEAR);
    let admitted = 0;
    for (const cost of [1, trial.ask(0).remaining - 1, trial.ask(0).remaining, limit, 1]) {
      if (cost > 0 && trial.consume(cost).fits) admitted += cost;
    }
    mustHold(
      admitted <= limit,
      () => `${admitted} passed at one instant after a year, of a limit of ${limit}`,
    );
  },
};
