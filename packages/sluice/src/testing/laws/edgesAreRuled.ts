import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";

export const edgesAreRuled: Law = {
  promise:
    "a cost of 0 passes, a limit of 0 refuses everything for ever, and so is refused what is over the limit, and nothing else",
  hold(trial, moves) {
    const { limit } = trial.limit;
    const untouched = trial.model.room([], trial.now);
    mustHold(
      untouched === limit,
      () => `an untouched key has room for ${untouched}, not for the limit of ${limit}`,
    );
    trial.play(moves, (cost) => {
      mustHold(
        trial.ask(0).fits === limit > 0,
        () => `a cost of 0 ${limit > 0 ? "was refused" : "passed a limit of 0"}`,
      );
      for (const asked of [cost, limit, limit + 1, Number.MAX_SAFE_INTEGER]) {
        const isNever = limit === 0 || asked > limit;
        const { wait, fits } = trial.ask(asked);
        mustHold(
          (wait === Infinity) === isNever,
          () => `of a limit of ${limit}, a cost of ${asked} was told to wait ${wait} us`,
        );
        mustHold(!(isNever && fits), () => `a cost of ${asked} passed a limit of ${limit}`);
      }
    });
  },
};
