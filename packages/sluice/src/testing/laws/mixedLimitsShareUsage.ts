import { mustHold } from "../mustHold.ts";
import type { Move } from "./Move.ts";
import type { Trial } from "./Trial.ts";

/** Of two limits that are found by the same state, in processes of which only some were updated. */
export const mixedLimitsShareUsage = {
  promise: "old and new limits that take turns each find what all calls left of their own",
  hold(old: Trial, updated: Trial, moves: readonly Move[]): void {
    for (const move of moves) {
      const [one, other] = move.share < 0.5 ? [old, updated] : [updated, old];
      one.pass(one.timeOf(move));
      const { remaining } = one.ask(0);
      mustHold(
        remaining === one.room(),
        () => `beside ${other.limit.limit}, ${remaining} of ${one.limit.limit} remain, and not ${one.room()}`,
      );
      one.consume(one.costOf(move));
      other.now = one.now;
      other.state = [...one.state];
      other.calls.push(...one.calls.slice(other.calls.length));
    }
  },
};
