import type { Answer } from "./Answer.ts";
import { copyOutcome } from "../inProcess/copyOutcome.ts";
import type { Desk } from "../inProcess/Desk.ts";
import { decide } from "../inProcess/decide.ts";
import type { Entry } from "./mergeCalls.ts";
import type { Outcome } from "../Store.ts";
import { copyInto, takeUp } from "./takeUp.ts";

/**
 * Decides the calls of an entry once more, one after the other, as their server has decided them at once: the steps are
 * the same in all languages, so these are its answers.
 * @param found a peek of cost 0 before the first of them
 */
export function replayCalls({ call: { code, costs }, places }: Entry, found: Outcome, answer: Answer): void {
  const { plan, desk } = code;
  takeUp(desk, found);
  for (const place of places) {
    decide(plan, desk, found.now, costs, "consume");
    answer(place, copyOutcome(desk.outcome));
    if (desk.changed) keepAfter(desk);
  }
}

function keepAfter({ before, after }: Desk): void {
  for (let i = 0; i < after.length; i++) copyInto(before[i], after[i]);
}
