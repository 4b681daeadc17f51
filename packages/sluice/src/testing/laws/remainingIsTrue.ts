import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import type { Trial } from "./Trial.ts";

export const remainingIsTrue: Law = {
  promise: "remaining is true: a cost of it passes, and of one more does not",
  hold(trial, moves) {
    if (trial.limit.limit === 0) return;
    const call = (cost: number) => isTrueRemaining(trial, trial.consume(cost).remaining);
    trial.play(
      moves,
      (cost) => isTrueRemaining(trial, trial.ask(cost).fits ? undefined : trial.ask(cost).remaining),
      call,
    );
  },
};

function isTrueRemaining(trial: Trial, remaining: number | undefined = trial.ask(0).remaining): void {
  const told = () => `at ${trial.now} ${remaining} remained; a cost of `;
  mustHold(trial.ask(remaining).fits, () => `${told()}${remaining} was refused`);
  mustHold(!trial.ask(remaining + 1).fits, () => `${told()}${remaining + 1} passed`);
  mustHold(remaining === trial.room(), () => `${told()}${trial.room()} passes by the definition`);
}
