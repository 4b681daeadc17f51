import type { Address } from "../identity/parseAddress.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { whenReady } from "../identity/whenReady.ts";
import type { LimitedRule } from "./limitedRules.ts";
import type { Ruling } from "./Ruling.ts";

/**
 * What a rule says to a request; undefined if it says nothing, and counts nothing.
 * @param address of the client
 */
export function judge(
  limited: LimitedRule,
  request: RequestInfo,
  identity: Identity,
  address: () => Address | undefined,
): Ruling | undefined | Promise<Ruling | undefined> {
  const ruling = () => rulingOf(limited, request, identity, address);
  if (limited.rule.skip === undefined) return ruling();
  return whenReady(limited.rule.skip(request), (skips) => (skips ? undefined : ruling()));
}

function rulingOf(
  { rule, decide, deny }: LimitedRule,
  request: RequestInfo,
  identity: Identity,
  address: () => Address | undefined,
): Ruling | undefined | Promise<Ruling> {
  if (rule.deny?.has(identity.key, address)) return deny(identity);
  if (rule.limits.length === 0 || rule.allow?.has(identity.key, address)) return undefined;
  return decide(request, identity);
}
