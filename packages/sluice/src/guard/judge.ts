import { whenReady } from "../units/whenReady.ts";
import type { ClientSet } from "../rules/clientSet.ts";
import type { Asked } from "./askRules.ts";
import type { LimitedRule } from "./limitedRule.ts";
import type { Ruling } from "./Ruling.ts";

/** What a rule says to a request; undefined if it says nothing, and counts nothing. */
export function judge(limited: LimitedRule, asked: Asked): Ruling | undefined | Promise<Ruling | undefined> {
  const { skip } = limited.rule;
  if (skip === undefined) return rulingOf(limited, asked);
  return whenReady(skip(asked.request), (skips) => (skips ? undefined : rulingOf(limited, asked)));
}

function rulingOf(
  { rule, decide, deny }: LimitedRule,
  asked: Asked,
): Ruling | undefined | Promise<Ruling | undefined> {
  if (rule.deny !== undefined && isIn(rule.deny, asked)) return deny(asked.identity);
  if (rule.limits.length === 0 || (rule.allow !== undefined && isIn(rule.allow, asked))) return undefined;
  return decide(asked.request, asked.identity);
}

function isIn(clients: ClientSet, { settings, request, identity }: Asked): boolean {
  return clients.has(identity.key, () => settings.addressOf(request, settings.warn));
}
