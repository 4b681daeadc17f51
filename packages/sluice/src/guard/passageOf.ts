import { exposed } from "../headers/exposed.ts";
import { limitFields } from "../headers/limitFields.ts";
import { headerList } from "../headers/rateLimitHeaders.ts";
import type { Reply } from "../headers/Reply.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { Asked } from "./askRules.ts";
import { noteDecisions } from "./decisionsOf.ts";
import type { Passage } from "./Passage.ts";
import { replyTo } from "./replyTo.ts";
import type { Ruling } from "./Ruling.ts";
import { whenAnswered } from "./whenAnswered.ts";
import { whenEnded } from "./whenEnded.ts";

/** What is sent where the last rule refuses; undefined if it lets the request through. */
export function refusalOf({
  request,
  identity,
  rulings,
  settings,
}: Asked): Promise<Reply | undefined> | undefined {
  const ruling = rulings[rulings.length - 1];
  if (ruling.decision.allowed || ruling.rule.dryRun) return undefined;
  const decisions = toldOf(rulings);
  const headers = exposed(headerList(decisions, settings.headers), settings.exposeHeaders);
  return replyTo(ruling, { request, identity, decisions }, headers);
}

/** @param reply in place of the route's answer, if the request is refused */
export function passageOf({ note, identity, rulings, settings }: Asked, reply: Reply | undefined): Passage {
  const decisions = toldOf(rulings);
  noteDecisions(note, decisions);
  const headers = exposed(limitFields(decisions, settings.headers), settings.exposeHeaders);
  const ended = whenEnded(rulings);
  if (reply === undefined)
    return {
      reply,
      headers,
      identity,
      decided: rulings,
      answered: whenAnswered(rulings, settings.warn),
      ended,
    };
  void ended?.();
  return { reply, headers, identity, decided: rulings, answered: undefined, ended: undefined };
}

/** Dry runs are not told. */
function toldOf(rulings: readonly Ruling[]): Decision[] {
  if (rulings.length === 1) return rulings[0].rule.dryRun ? [] : [rulings[0].decision];
  return rulings.filter(({ rule }) => !rule.dryRun).map(({ decision }) => decision);
}
