import { mustHold } from "../mustHold.ts";
import type { Law } from "./Law.ts";
import { isTrueWait } from "./retryAfterIsTrue.ts";
import type { Trial } from "./Trial.ts";

export const countedDenialsSaturate: Law = {
  promise: "countDenied charges a refused call as far as there is room, and then tells the wait",
  hold(trial, moves) {
    trial.play(
      moves,
      () => {},
      (cost) => insist(trial, cost),
    );
  },
};

function insist(trial: Trial, cost: number): void {
  const before = trial.ask(cost);
  const verdict = trial.insist(cost);
  mustHold(
    verdict.fits === before.fits,
    () => `counting what is refused made ${before.fits} of ${verdict.fits}`,
  );
  const { remaining } = verdict;
  mustHold(
    trial.limit.limit === 0 || remaining === trial.room(),
    () => `${remaining} remain, and by the definition ${trial.room()}`,
  );
  if (verdict.fits || verdict.wait === Infinity) return;
  mustHold(remaining === 0, () => `after a counted refusal of ${cost}, ${remaining} remain`);
  mustHold(
    verdict.wait >= before.wait,
    () => `a counted refusal of ${cost} waits ${verdict.wait} us, less than ${before.wait}`,
  );
  isTrueWait(trial, cost, verdict.wait);
}
