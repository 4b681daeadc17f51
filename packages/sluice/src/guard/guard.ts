import { exposed } from "../headers/exposed.ts";
import { headerList } from "../headers/rateLimitHeaders.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import { decidingRules, fittingRules } from "../rules/findRules.ts";
import { pathReadings } from "../rules/pathReadings.ts";
import { findIdentity } from "./findIdentity.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { limitedRules, type LimitedRule } from "./limitedRules.ts";
import { isReply, type Reply } from "./Reply.ts";
import { readGuardOptions } from "./readGuardOptions.ts";
import { refusalReply } from "./refusalReply.ts";

/** What became of a request. */
export interface Passage {
  /** What to send in place of the guarded route's answer; undefined lets the request pass. */
  readonly reply: Reply | undefined;
  /** Fields to add to the answer of a request that passes. */
  readonly headers: Reply["headers"];
  /** Who was counted; undefined if nobody was asked for. */
  readonly identity: Identity | undefined;
  /** Each rule that decided, with its decision. Empty if none is limited. */
  readonly decided: readonly { readonly rule: LimitedRule["rule"]; readonly decision: Decision }[];
}

/** The whole way of a request: identity, rule, limiter, headers, reply. */
export interface Guard {
  /** Decides one request. Errors of stores, and of functions that were given, reject. */
  check(request: RequestInfo): Promise<Passage>;
  /** The rules, in order, each with its limiter: for programs that charge a rule without a request. */
  readonly rules: readonly LimitedRule[];
}

const UNSEEN: Passage = { reply: undefined, headers: [], identity: undefined, decided: [] };

/**
 * A guard without a framework. Adapters build a {@link RequestInfo}, call `check`, and send what comes back.
 * @throws ConfigurationError
 */
export function guard(options: GuardOptions): Guard {
  const settings = readGuardOptions(options);
  const rules = limitedRules(settings);
  const compiled = rules.map(({ rule }) => rule);

  async function check(request: RequestInfo): Promise<Passage> {
    if (settings.skip !== undefined && (await settings.skip(request))) return UNSEEN;
    const fitting = fittingRules(compiled, request.method, pathReadings(request.target));
    if (fitting.every((list) => list.length === 0)) return UNSEEN;
    const identity = await findIdentity(settings, request);
    if (identity === undefined) return UNSEEN;
    if (isReply(identity)) return { ...UNSEEN, reply: identity };
    const deciding = decidingRules(fitting, identity.group).filter(({ limits }) => limits.length > 0);
    const decided = [];
    for (const rule of deciding) decided.push({ rule, decision: await rules[rule.index].decide(request, identity) });
    return passageOf(request, identity, decided);
  }

  async function passageOf(request: RequestInfo, identity: Identity, decided: Passage["decided"]): Promise<Passage> {
    const told = decided.filter(({ rule }) => !rule.dryRun && !settings.dryRun).map(({ decision }) => decision);
    const headers = exposed(headerList(told, settings.headers), settings.exposeHeaders);
    if (told.every(({ allowed }) => allowed)) return { reply: undefined, headers, identity, decided };
    const ready = refusalReply(told, headers);
    const reply = (await settings.onLimit?.({ request, identity, decisions: told, reply: ready })) ?? ready;
    return { reply, headers, identity, decided };
  }

  return { check, rules };
}
