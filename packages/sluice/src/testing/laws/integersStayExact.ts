import type { Verdict } from "../../algorithms/Machine.ts";
import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import type { Trial } from "./Trial.ts";

export const integersStayExact: Law = {
  promise: "everything stored and told is a whole number below 2^53, also as an instant",
  hold(trial, moves) {
    trial.play(moves, (cost) => {
      areExact(trial, trial.ask(cost));
      areExact(trial, trial.ask(cost, 0, true));
    });
    areExact(trial, trial.ask(0));
  },
};

function areExact({ limit: { limit, machine }, now }: Trial, verdict: Verdict): void {
  const { state, wait, remaining, reset, life } = verdict;
  const { width, grows } = machine;
  mustHold(
    grows ? state.length >= width : state.length === width,
    () => `the state has ${state.length} numbers, not ${width}`,
  );
  mustHold(remaining <= limit, () => `${remaining} of ${limit} remain`);
  for (const number of [...state, remaining, reset, life, now + reset, now + life]) isExact(number);
  if (wait !== Infinity) isExact(now + wait);
}

function isExact(number: number): void {
  mustHold(
    Number.isSafeInteger(number) && number >= 0,
    () => `${number} is no whole number from 0 to 2^53 - 1`,
  );
}
