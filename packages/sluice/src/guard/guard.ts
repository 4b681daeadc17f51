import { exposed } from "../headers/exposed.ts";
import { fieldsOf, headerList } from "../headers/rateLimitHeaders.ts";
import type { Reply } from "../headers/Reply.ts";
import { isReply } from "../headers/Reply.ts";
import type { Warn } from "../events/Warning.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { decidingRules, fittingRules } from "../rules/findRules.ts";
import { pathReadings } from "../rules/pathReadings.ts";
import { forgetDecisions, noteDecisions } from "./decisionsOf.ts";
import { findIdentity } from "./findIdentity.ts";
import { followedBy } from "./followedBy.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { isObject } from "./isObject.ts";
import { judge } from "./judge.ts";
import { limitedRules, type LimitedRule } from "./limitedRules.ts";
import { type Passage, UNSEEN } from "./Passage.ts";
import { readGuardOptions } from "./readGuardOptions.ts";
import { replyTo } from "./replyTo.ts";
import type { Ruling } from "./Ruling.ts";
import { whenAnswered } from "./whenAnswered.ts";

/** The whole way of a request: identity, rule, limiter, headers, reply. */
export interface Guard {
  /** Decides one request. Errors of stores, and of functions that were given, reject. */
  readonly check: (request: RequestInfo) => Promise<Passage>;
  /**
   * Says that a native request has been answered. Until then it is counted once, however often it comes by: a guard that
   * is mounted twice warns `MOUNTED_TWICE`. Only needed where one object may stand for several requests.
   */
  readonly release: (native: unknown) => void;
  /** The rules, in order, each with its limiter: for programs that charge a rule without a request. */
  readonly rules: readonly LimitedRule[];
  /** Requests must tell the address of their peer: clients are identified by it, or listed. */
  readonly needsAddress: boolean;
  /** Warns as the option `onWarning` says: once for each code. */
  readonly warn: Warn;
}

/**
 * A guard without a framework. Adapters build a {@link RequestInfo}, call `check`, and send what comes back.
 * @throws ConfigurationError
 */
export function guard(options: GuardOptions): Guard {
  const settings = readGuardOptions(options);
  const { warn } = settings;
  const rules = limitedRules(settings);
  const compiled = rules.map(({ rule }) => rule);
  const further = settings.also.map(guard);
  const counted = new WeakSet<object>();

  async function check(request: RequestInfo): Promise<Passage> {
    settings.countCheck();
    if (isObject(request.native) && counted.has(request.native)) return seenTwice(warn);
    if (settings.skip !== undefined && (await settings.skip(request))) return UNSEEN;
    const fitting = fittingRules(compiled, request.method, pathReadings(request.target));
    if (fitting.every((list) => list.length === 0)) return UNSEEN;
    const identity = await findIdentity(settings, request);
    if (identity === undefined) return UNSEEN;
    if (isReply(identity)) return { ...UNSEEN, reply: identity };
    return askRules(decidingRules(fitting, identity.group), request, identity);
  }

  /** One rule nearly always; several where a target can be read in several ways. After one that refuses none is asked. */
  async function askRules(
    deciding: readonly CompiledRule[],
    request: RequestInfo,
    identity: Identity,
  ): Promise<Passage> {
    const rulings: Ruling[] = [];
    let reply: Reply | undefined;
    for (const { index } of deciding) {
      const ruling = await judge(rules[index], request, identity, () => settings.addressOf(request, warn));
      if (ruling === undefined) continue;
      rulings.push(ruling);
      if (isObject(request.native)) counted.add(request.native);
      reply = await refusalOf(ruling, rulings, request, identity);
      if (reply !== undefined) break;
    }
    return passageOf(rulings, reply, request, identity);
  }

  async function refusalOf(
    ruling: Ruling,
    rulings: readonly Ruling[],
    request: RequestInfo,
    identity: Identity,
  ): Promise<Reply | undefined> {
    if (ruling.decision.allowed || ruling.rule.dryRun) return undefined;
    const decisions = toldOf(rulings);
    const headers = exposed(headerList(decisions, settings.headers), settings.exposeHeaders);
    return replyTo(ruling, { request, identity, decisions }, headers);
  }

  function passageOf(
    rulings: readonly Ruling[],
    reply: Reply | undefined,
    request: RequestInfo,
    identity: Identity,
  ): Passage {
    const decisions = toldOf(rulings);
    noteDecisions(request.native, decisions);
    const headers = exposed(fieldsOf(decisions, settings.headers), settings.exposeHeaders);
    const answered = reply === undefined ? whenAnswered(rulings, warn) : undefined;
    return { reply, headers, identity, decided: rulings, answered };
  }

  async function checkAll(request: RequestInfo): Promise<Passage> {
    let passage = await check(request);
    for (const other of further) {
      if (passage.reply !== undefined) break;
      passage = followedBy(passage, await other.check(request));
    }
    return passage;
  }

  return {
    check: further.length === 0 ? check : checkAll,
    release(native) {
      if (!isObject(native)) return;
      counted.delete(native);
      forgetDecisions(native);
      for (const other of further) other.release(native);
    },
    rules,
    needsAddress: settings.needsAddress || further.some(({ needsAddress }) => needsAddress),
    warn,
  };
}

function toldOf(rulings: readonly Ruling[]): Decision[] {
  return rulings.filter(({ rule }) => !rule.dryRun).map(({ decision }) => decision);
}

function seenTwice(warn: Warn): Passage {
  const message = "the same guard saw one request twice and counted it once; mount it in one place";
  warn({ code: "MOUNTED_TWICE", message });
  return UNSEEN;
}
