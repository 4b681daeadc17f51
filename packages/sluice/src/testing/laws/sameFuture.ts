import { sameAnswer } from "./sameAnswer.ts";
import type { Trial } from "./Trial.ts";

/** Throws if two trials of one moment answer differently, now or later. */
export function sameFuture(one: Trial, other: Trial, about: string): void {
  const { limit, windowMs } = one.limit;
  const { remaining, reset } = other.ask(0);
  const window = Math.max(1, Math.floor(windowMs * 1000));
  for (const later of [
    0,
    1,
    Math.floor(reset / 2),
    Math.max(0, reset - 1),
    reset,
    window - (one.now % window),
  ]) {
    for (const cost of [0, 1, remaining, remaining + 1, limit]) {
      sameAnswer(
        one.ask(cost, later),
        other.ask(cost, later),
        `${about}, a cost of ${cost} after ${later} us`,
      );
    }
  }
}
