import { mustHold } from "../mustHold.ts";
import type { Move } from "./Move.ts";
import { Trial } from "./Trial.ts";

/** Of two limits that are found by the same state, such as `"100/m"` and, after a new release, `"200/m"`. */
export const changedLimitsKeepUsage = {
  promise: "a changed limit keeps what was used, rounded up, and clamped to the new limit",
  hold(trial: Trial, { limit: changed }: Trial, moves: readonly Move[]): void {
    const { limit } = trial.limit;
    trial.play(moves, () => {
      // At a whole millisecond, where fine ticks and coarse ones agree.
      const then = trial.copy();
      then.pass((1000 - (trial.now % 1000)) % 1000);
      const { state, remaining } = then.ask(0);
      const used = limit - remaining;
      const usedThen = changed.limit - new Trial(changed, trial.model, then.now, [...state]).last.remaining;
      const told = () => `${used} used of ${limit} became ${usedThen} of ${changed.limit}`;
      mustHold(usedThen <= Math.min(used, changed.limit), () => `${told()}, which is more`);
      if (changed.limit >= limit) mustHold(usedThen === used, () => `${told()}, which is less`);
      else
        mustHold(
          isAsFull(usedThen, changed.limit, used - 1, limit),
          () => `${told()}, which is a smaller share`,
        );
    });
  },
};

/** `a` of `b` is at least as much as `c` of `d`. Rounding up may have made `c + 1` of it. */
function isAsFull(a: number, b: number, c: number, d: number): boolean {
  return BigInt(a) * BigInt(d) >= BigInt(c) * BigInt(b);
}
