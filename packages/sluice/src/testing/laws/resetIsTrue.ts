import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import type { Trial } from "./Trial.ts";

export const resetIsTrue: Law = {
  promise: "reset is true: then everything remains, and one microsecond earlier it does not",
  hold(trial, moves) {
    const call = (cost: number) => isTrueReset(trial, trial.consume(cost).reset);
    trial.play(moves, (cost) => isTrueReset(trial, trial.ask(trial.ask(cost).fits ? 0 : cost).reset), call);
  },
};

function isTrueReset(trial: Trial, reset: number): void {
  const { limit } = trial.limit;
  const told = () => `at ${trial.now} the reset was in ${reset} us; `;
  const remaining = (later: number) => trial.ask(0, later).remaining;
  mustHold(
    trial.ask(0).life >= reset,
    () => `${told()}the state was to be forgotten in ${trial.ask(0).life}`,
  );
  mustHold(remaining(reset) === limit, () => `${told()}${remaining(reset)} of ${limit} remained then`);
  mustHold(
    trial.room(reset) === limit,
    () => `${told()}the definition has room for ${trial.room(reset)} of ${limit} then`,
  );
  if (reset === 0) return;
  mustHold(remaining(reset - 1) < limit, () => `${told()}all of ${limit} remained 1 us earlier`);
  mustHold(
    trial.room(reset - 1) < limit,
    () => `${told()}the definition has room for all of ${limit} 1 us earlier`,
  );
}
