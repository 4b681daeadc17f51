import { exposed } from "../headers/exposed.ts";
import { fieldsOf, headerList } from "../headers/rateLimitHeaders.ts";
import type { Reply } from "../headers/Reply.ts";
import { isReply } from "../headers/Reply.ts";
import type { Warn } from "../events/Warning.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import { noteLimits, registerLimiter } from "../limiter/registerLimiter.ts";
import { whenReady } from "../identity/whenReady.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { decidingRules, fittingRules } from "../rules/findRules.ts";
import { pathReadings } from "../rules/pathReadings.ts";
import { noteDecisions } from "./decisionsOf.ts";
import { findIdentity } from "./findIdentity.ts";
import { followedBy } from "./followedBy.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { isObject } from "./isObject.ts";
import { judge } from "./judge.ts";
import { limitedRules, type LimitedRule } from "./limitedRules.ts";
import { ensureNote, nativeNote } from "./nativeNote.ts";
import { type Passage, UNSEEN } from "./Passage.ts";
import { type GuardSettings, listsAddresses, readGuardOptions } from "./readGuardOptions.ts";
import { replyTo } from "./replyTo.ts";
import type { Ruling } from "./Ruling.ts";
import { whenAnswered } from "./whenAnswered.ts";
import { whenEnded } from "./whenEnded.ts";

/** The whole way of a request: identity, rule, limiter, headers, reply. */
export interface Guard {
  /**
   * Decides one request. Errors of stores, and of functions that were given, reject. One native request that is sent
   * several times at once is counted each time.
   */
  readonly check: (request: RequestInfo) => Promise<Passage>;
  /**
   * The same, without a promise where nothing has to be waited for: then errors are thrown. For adapters whose native
   * request stands for one request only.
   */
  readonly checkNow: (request: RequestInfo) => Passage | Promise<Passage>;
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
  let inForce = rulesInForce(settings, settings.rules, registerLimiter);
  const further = settings.also.map(guard);
  const self = {};
  const onlySelf = [self];

  function isSeen({ native }: RequestInfo): boolean {
    settings.countCheck();
    return isObject(native) && nativeNote(native)?.countedBy.includes(self) === true;
  }

  function noteCount(native: unknown): void {
    if (!isObject(native)) return;
    const note = ensureNote(native);
    if (note.countedBy.length === 0) note.countedBy = onlySelf;
    else if (!note.countedBy.includes(self)) note.countedBy = [...note.countedBy, self];
  }

  function checkUnseen(request: RequestInfo): Passage | Promise<Passage> {
    if (settings.skip === undefined) return checkUnskipped(request);
    return whenReady(settings.skip(request), (skips) => (skips ? UNSEEN : checkUnskipped(request)));
  }

  function checkUnskipped(request: RequestInfo): Passage | Promise<Passage> {
    // A request is decided by the rules that it found, also if they are changed meanwhile.
    const { compiled, limited } = inForce;
    const fitting = fittingRules(compiled, request.method, pathReadings(request.target));
    if (fitting.every((list) => list.length === 0)) return UNSEEN;
    return whenReady(findIdentity(settings, request), (identity) => {
      if (identity === undefined) return UNSEEN;
      if (isReply(identity)) return { ...UNSEEN, reply: identity };
      return askRules(limited, decidingRules(fitting, identity.group), request, identity);
    });
  }

  /** One rule nearly always; several where a target can be read in several ways. After one that refuses none is asked. */
  function askRules(
    limited: readonly LimitedRule[],
    deciding: readonly CompiledRule[],
    request: RequestInfo,
    identity: Identity,
  ): Passage | Promise<Passage> {
    const rulings: Ruling[] = [];
    const address = () => settings.addressOf(request, warn);
    const askFrom = (place: number): Passage | Promise<Passage> => {
      if (place === deciding.length) return passageOf(rulings, undefined, request, identity);
      return whenReady(judge(limited[deciding[place].index], request, identity, address), (ruling) => {
        if (ruling === undefined) return askFrom(place + 1);
        rulings.push(ruling);
        noteCount(request.native);
        return whenReady(refusalOf(ruling, rulings, request, identity), (reply) =>
          reply === undefined ? askFrom(place + 1) : passageOf(rulings, reply, request, identity),
        );
      });
    };
    if (!deciding.some(({ hasLease }) => hasLease)) return askFrom(0);
    return unlessItFails(
      () => askFrom(0),
      () => whenEnded(rulings)?.(),
    );
  }

  function refusalOf(
    ruling: Ruling,
    rulings: readonly Ruling[],
    request: RequestInfo,
    identity: Identity,
  ): undefined | Promise<Reply | undefined> {
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
    const ended = whenEnded(rulings);
    if (reply === undefined)
      return { reply, headers, identity, decided: rulings, answered: whenAnswered(rulings, warn), ended };
    void ended?.();
    return { reply, headers, identity, decided: rulings, answered: undefined, ended: undefined };
  }

  function checkNow(request: RequestInfo): Passage | Promise<Passage> {
    const passage = isSeen(request) ? seenTwice(warn) : checkUnseen(request);
    return further.length === 0
      ? passage
      : whenReady(passage, (first) => checkFurther(first, request, "checkNow"));
  }

  async function checkLater(request: RequestInfo): Promise<Passage> {
    const seen = isSeen(request);
    await Promise.resolve();
    const passage = await (seen ? seenTwice(warn) : checkUnseen(request));
    return checkFurther(passage, request, "check");
  }

  async function checkFurther(
    first: Passage,
    request: RequestInfo,
    form: "check" | "checkNow",
  ): Promise<Passage> {
    let passage = first;
    for (const other of further) {
      if (passage.reply !== undefined) break;
      const { ended } = passage;
      const next = await unlessItFails(() => other[form](request), ended);
      if (next.reply !== undefined) void ended?.();
      passage = followedBy(passage, next);
    }
    return passage;
  }

  settings.source?.listen({
    changed(others) {
      try {
        inForce = rulesInForce(settings, settings.compile(others), noteLimits);
      } catch (error) {
        keepRules(error);
      }
    },
    failed: keepRules,
  });

  function keepRules(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    settings.warnAgain({ code: "RULES_KEPT", message: `the rules stay as they were: ${reason}` });
  }

  return {
    check: checkLater,
    checkNow,
    release(native) {
      if (!isObject(native)) return;
      const note = nativeNote(native);
      if (note === undefined) return;
      note.countedBy = note.countedBy.filter((other) => other !== self);
      note.decisions = [];
      for (const other of further) other.release(native);
    },
    get rules() {
      return inForce.limited;
    },
    get needsAddress() {
      const isListed = inForce.compiled.some(listsAddresses);
      return isListed || settings.needsAddress || further.some(({ needsAddress }) => needsAddress);
    },
    warn,
  };
}

/** Rules that change whole, or not at all. */
interface RulesInForce {
  readonly limited: readonly LimitedRule[];
  readonly compiled: readonly CompiledRule[];
}

function rulesInForce(
  settings: GuardSettings,
  compiled: readonly CompiledRule[],
  register: typeof registerLimiter,
): RulesInForce {
  return { compiled, limited: limitedRules(settings, compiled, register) };
}

/** A request whose guard fails never ends, for nobody is told of its end. */
function unlessItFails(
  ask: () => Passage | Promise<Passage>,
  ended: (() => unknown) | undefined,
): Passage | Promise<Passage> {
  const fail = (error: unknown): never => {
    void ended?.();
    throw error;
  };
  try {
    return whenReady<Passage, Passage>(ask(), (passage) => passage, fail);
  } catch (error) {
    return fail(error);
  }
}

function toldOf(rulings: readonly Ruling[]): Decision[] {
  if (rulings.length === 1) return rulings[0].rule.dryRun ? [] : [rulings[0].decision];
  return rulings.filter(({ rule }) => !rule.dryRun).map(({ decision }) => decision);
}

function seenTwice(warn: Warn): Passage {
  const message = "the same guard saw one request twice and counted it once; mount it in one place";
  warn({ code: "MOUNTED_TWICE", message });
  return UNSEEN;
}
