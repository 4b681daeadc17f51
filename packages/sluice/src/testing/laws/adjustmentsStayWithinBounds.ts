import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import type { Move } from "./Move.ts";
import type { Trial } from "./Trial.ts";

export const adjustmentsStayWithinBounds: Law = {
  promise:
    "whatever is given back or added, nothing is minted, a debt ends when it is told to, and integers stay exact",
  hold(trial, moves) {
    const times = [trial.now];
    trial.play(
      moves,
      (cost) => {
        for (const amount of amountsOf(trial, cost)) {
          for (const at of [trial.now, times[0], times[times.length >> 1]]) isBounded(trial, amount, at);
        }
      },
      (cost) => {
        times.push(trial.now);
        trial.consume(cost);
        const move = moves[times.length - 2];
        if (move.late !== 0) trial.adjust(signOf(move) * cost, times[times.length >> 1]);
      },
    );
  },
};

/** Some of the calls of a history change later what an earlier one was charged. */
function signOf({ more }: Move): -1 | 1 {
  return more === 1 ? 1 : -1;
}

function amountsOf({ limit: { limit } }: Trial, cost: number): number[] {
  return [cost, limit, limit + 1, 3 * limit, Number.MAX_SAFE_INTEGER].flatMap((amount) => [amount, -amount]);
}

function isBounded(trial: Trial, amount: number, at: number): void {
  const { limit } = trial.limit;
  const before = trial.ask(0).remaining;
  const adjusted = trial.copy();
  adjusted.adjust(amount, at);
  const { remaining, reset, life, state } = adjusted.ask(0);
  const told = () =>
    `at ${trial.now}, ${amount} at ${at} made ${remaining} of a remaining ${before} of ${limit}`;
  mustHold(amount > 0 ? remaining <= before : remaining >= before && remaining <= limit, told);
  for (const number of [...state, trial.now + reset, trial.now + life])
    mustHold(Number.isSafeInteger(number), () => `${told()}, and ${number} is not exact`);
  isTrueLater(adjusted, told);
}

/** What is told then is true: the room comes when it is told to. */
function isTrueLater(trial: Trial, told: () => string): void {
  const { limit } = trial.limit;
  for (const cost of [1, limit]) {
    const { fits, wait } = trial.ask(cost);
    if (fits || wait === Infinity) continue;
    mustHold(
      trial.ask(cost, wait).fits,
      () => `${told()}; a cost of ${cost} was refused again after ${wait} us`,
    );
    mustHold(!trial.ask(cost, wait - 1).fits, () => `${told()}; a cost of ${cost} passed before ${wait} us`);
  }
  const { reset } = trial.ask(0);
  mustHold(trial.ask(0, reset).remaining === limit, () => `${told()}; after ${reset} us not all was back`);
}
