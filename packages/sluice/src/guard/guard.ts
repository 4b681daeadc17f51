import { exposed } from "../headers/exposed.ts";
import { headerList } from "../headers/rateLimitHeaders.ts";
import type { Warn } from "../events/Warning.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { decidingRules, fittingRules } from "../rules/findRules.ts";
import { pathReadings } from "../rules/pathReadings.ts";
import { findIdentity } from "./findIdentity.ts";
import { followedBy } from "./followedBy.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { limitedRules, type LimitedRule } from "./limitedRules.ts";
import { isReply, noReply, type Reply } from "../headers/Reply.ts";
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
  readonly check: (request: RequestInfo) => Promise<Passage>;
  /**
   * Says that a native request has been answered. Until then it is counted once, however often it comes by: a guard that
   * is mounted twice warns `MOUNTED_TWICE`. Only needed where one object may stand for several requests.
   */
  readonly release: (native: unknown) => void;
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
  const further = settings.also.map(guard);
  const counted = new WeakSet<object>();

  async function check(request: RequestInfo): Promise<Passage> {
    settings.countCheck();
    if (isObject(request.native) && counted.has(request.native)) return seenTwice(settings.warn);
    if (settings.skip !== undefined && (await settings.skip(request))) return UNSEEN;
    const fitting = fittingRules(compiled, request.method, pathReadings(request.target));
    if (fitting.every((list) => list.length === 0)) return UNSEEN;
    const identity = await findIdentity(settings, request);
    if (identity === undefined) return UNSEEN;
    if (isReply(identity)) return { ...UNSEEN, reply: identity };
    const decided = await decideAll(decidingRules(fitting, identity.group), request, identity);
    if (isObject(request.native) && decided.length > 0) counted.add(request.native);
    return passageOf(request, identity, decided);
  }

  /** A rule that comes after one that refuses is not charged. */
  async function decideAll(
    deciding: readonly CompiledRule[],
    request: RequestInfo,
    identity: Identity,
  ): Promise<Passage["decided"]> {
    const decided = [];
    for (const rule of deciding) {
      if (rule.limits.length === 0) continue;
      const decision = await rules[rule.index].decide(request, identity);
      decided.push({ rule, decision });
      if (!decision.allowed && !rule.dryRun) break;
    }
    return decided;
  }

  async function passageOf(
    request: RequestInfo,
    identity: Identity,
    decided: Passage["decided"],
  ): Promise<Passage> {
    const told = decided.filter(({ rule }) => !rule.dryRun).map(({ decision }) => decision);
    const headers = exposed(headerList(told, settings.headers), settings.exposeHeaders);
    if (told.every(({ allowed }) => allowed)) return { reply: undefined, headers, identity, decided };
    const ready = refusalReply(told, headers);
    const reply = (await settings.onLimit?.({ request, identity, decisions: told, reply: ready })) ?? ready;
    if (!isReply(reply)) throw noReply("onLimit", "a reply { status, headers, body } or undefined", reply);
    return { reply, headers, identity, decided };
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
      if (isObject(native)) counted.delete(native);
      for (const other of further) other.release(native);
    },
    rules,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function seenTwice(warn: Warn): Passage {
  const message = "the same guard saw one request twice and counted it once; mount it in one place";
  warn({ code: "MOUNTED_TWICE", message });
  return UNSEEN;
}
