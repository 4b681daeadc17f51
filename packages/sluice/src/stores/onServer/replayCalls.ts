import type { Answer } from "./Answer.ts";
import { copyOutcome } from "../inProcess/copyOutcome.ts";
import type { Desk } from "../inProcess/Desk.ts";
import { decide } from "../inProcess/decide.ts";
import type { Entry } from "./mergeCalls.ts";
import type { Outcome } from "../Store.ts";

/**
 * Decides the calls of an entry once more, one after the other, as their server has decided them at once: the steps are
 * the same in all languages, so these are its answers.
 * @param found a peek of cost 0 before the first of them
 */
export function replayCalls(
  { call: { code, costs }, places }: Entry,
  { now, blockedFor, verdicts }: Outcome,
  answer: Answer,
): void {
  const { plan, desk } = code;
  verdicts.forEach(({ state }, i) => copyInto(desk.before[i], state));
  desk.block[0] = now;
  desk.block[1] = blockedFor;
  for (const place of places) {
    decide(plan, desk, now, costs, "consume");
    answer(place, copyOutcome(desk.outcome));
    if (desk.changed) keepAfter(desk);
  }
}

function keepAfter({ before, after }: Desk): void {
  for (let i = 0; i < after.length; i++) copyInto(before[i], after[i]);
}

function copyInto(target: number[], source: readonly number[]): void {
  for (let n = 0; n < source.length; n++) target[n] = source[n];
}
