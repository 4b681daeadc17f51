import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { whenReady } from "../identity/whenReady.ts";
import { judge } from "./judge.ts";
import type { LimitedRule } from "./limitedRules.ts";
import type { Passage } from "./Passage.ts";
import { passageOf, refusalOf } from "./passageOf.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { Ruling } from "./Ruling.ts";
import { unlessItFails } from "./unlessItFails.ts";
import { whenEnded } from "./whenEnded.ts";

/**
 * Asks the rules that decide a request: one nearly always, several where its target can be read in several ways. After one
 * that refuses none is asked.
 * @param onCount is called as soon as a rule has counted it
 */
export function askRules(
  settings: GuardSettings,
  deciding: readonly LimitedRule[],
  request: RequestInfo,
  identity: Identity,
  onCount: () => void,
): Passage | Promise<Passage> {
  const rulings: Ruling[] = [];
  const decided = { request, identity, rulings };
  const address = () => settings.addressOf(request, settings.warn);

  function askFrom(place: number): Passage | Promise<Passage> {
    if (place === deciding.length) return passageOf(decided, undefined, settings);
    return whenReady(judge(deciding[place], request, identity, address), (ruling) => {
      if (ruling === undefined) return askFrom(place + 1);
      rulings.push(ruling);
      onCount();
      return whenReady(refusalOf(decided, settings), (reply) =>
        reply === undefined ? askFrom(place + 1) : passageOf(decided, reply, settings),
      );
    });
  }

  if (!deciding.some(({ rule }) => rule.hasLease)) return askFrom(0);
  return unlessItFails(
    () => askFrom(0),
    () => whenEnded(rulings)?.(),
  );
}
