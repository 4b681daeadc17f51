import { unknownVersion } from "../record.ts";
import type { Outcome } from "../Store.ts";
import type { Answer } from "./Answer.ts";
import type { PlanCode } from "./encodePlan.ts";
import type { Entry } from "./mergeCalls.ts";
import { nextVerdicts, UNKNOWN_VERSION } from "./nextVerdicts.ts";
import { replayCalls } from "./replayCalls.ts";

/**
 * Reads the reply of a server, `[now, (blocked, blocked for, (fits, wait, remaining, reset, ...state)*)*]`, one part for
 * each entry; that of several calls tells what they found.
 * @param reply whole numbers, or their digits
 * @param answer is called for each call of the entries
 */
export function decodeOutcomes(
  entries: readonly Entry[],
  reply: readonly (number | string)[],
  answer: Answer,
): void {
  let at = 0;
  const next = () => Number(reply[at++]);
  const now = next();
  for (const entry of entries) {
    const { call, places } = entry;
    const blocked = next();
    const blockedFor = next();
    if (blocked === UNKNOWN_VERSION) {
      for (const place of places) answer(place, unknownVersion(blockedFor));
    } else {
      const outcome = outcomeOf(call.code, now, blocked === 1, blockedFor, next);
      if (places.length === 1) answer(places[0], outcome);
      else replayCalls(entry, outcome, answer);
    }
  }
}

function outcomeOf(
  { plan: { limits } }: PlanCode,
  now: number,
  blocked: boolean,
  blockedFor: number,
  next: () => number,
): Outcome {
  const verdicts = nextVerdicts(limits, next);
  const allowed = !blocked && verdicts.every(({ fits }, i) => fits || limits[i].dryRun);
  return { now, allowed, blocked, blockedFor, overflow: false, verdicts };
}
