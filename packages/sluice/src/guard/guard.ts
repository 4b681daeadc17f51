import { isReply } from "../headers/Reply.ts";
import type { Warn } from "../events/Warning.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { isPromise, whenReady } from "../identity/whenReady.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { decidingRules, fittingRules, type Searched } from "../rules/findRules.ts";
import { pathReadings } from "../rules/pathReadings.ts";
import { askRules } from "./askRules.ts";
import { CountedRequests } from "./CountedRequests.ts";
import { findIdentity, type Found } from "./findIdentity.ts";
import { followedBy } from "./followedBy.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import type { LimitedRule } from "./limitedRules.ts";
import { ensureNote } from "./nativeNote.ts";
import { type Passage, UNSEEN } from "./Passage.ts";
import { listsAddresses, readGuardOptions } from "./readGuardOptions.ts";
import type { Ruling } from "./Ruling.ts";
import { rulesInForce } from "./rulesInForce.ts";
import { unlessItFails } from "./unlessItFails.ts";

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

/** A request, the rules that it found, and those of them that fit whoever asks. */
interface Search {
  readonly request: RequestInfo;
  readonly limited: readonly LimitedRule[];
  readonly searched: Searched;
  readonly fitting: readonly CompiledRule[];
}

const NONE: readonly Ruling[] = [];

/**
 * A guard without a framework. Adapters build a {@link RequestInfo}, call `check`, and send what comes back.
 * @throws ConfigurationError
 */
export function guard(options: GuardOptions): Guard {
  const settings = readGuardOptions(options);
  const { skip, warn, countCheck } = settings;
  const rules = rulesInForce(settings);
  const further = settings.also.map(guard);
  const counted = new CountedRequests();

  function checkUnseen(request: RequestInfo): Passage | Promise<Passage> {
    if (skip === undefined) return checkUnskipped(request);
    return whenReady(skip(request), (skips) => (skips ? UNSEEN : checkUnskipped(request)));
  }

  function checkUnskipped(request: RequestInfo): Passage | Promise<Passage> {
    // A request is decided by the rules that it found, also if they are changed meanwhile.
    const { compiled, limited } = rules();
    const searched = { rules: compiled, method: request.method, readings: pathReadings(request.target) };
    const fitting = fittingRules(searched);
    if (fitting.length === 0) return UNSEEN;
    const search = { request, limited, searched, fitting };
    const identity = findIdentity(settings, request);
    return identity !== undefined && "then" in identity && isPromise(identity)
      ? checkFoundLater(search, identity)
      : checkFound(search, identity);
  }

  async function checkFoundLater(search: Search, identity: Promise<Found>): Promise<Passage> {
    return checkFound(search, await identity);
  }

  function checkFound(search: Search, identity: Found): Passage | Promise<Passage> {
    if (identity === undefined) return UNSEEN;
    if (isReply(identity)) return { ...UNSEEN, reply: identity };
    const { request, limited, searched, fitting } = search;
    const deciding = decidingRules(searched, fitting, identity.group);
    const note = ensureNote(request.native);
    return askRules({ settings, request, identity, limited, deciding, counted, note, rulings: NONE });
  }

  function checkNow(request: RequestInfo): Passage | Promise<Passage> {
    countCheck();
    const passage = counted.has(request.native) ? seenTwice(warn) : checkUnseen(request);
    if (further.length === 0) return passage;
    return whenReady(passage, (first) => checkFurther(first, request, "checkNow"));
  }

  /** It is looked at now and counted later: so one native request that is sent several times at once is counted each time. */
  async function checkLater(request: RequestInfo): Promise<Passage> {
    countCheck();
    const isSeen = counted.has(request.native);
    await Promise.resolve();
    const passage = await (isSeen ? seenTwice(warn) : checkUnseen(request));
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

  return {
    check: checkLater,
    checkNow,
    release(native) {
      counted.delete(native);
      for (const other of further) other.release(native);
    },
    get rules() {
      return rules().limited;
    },
    get needsAddress() {
      const isListed = rules().compiled.some(listsAddresses);
      return isListed || settings.needsAddress || further.some(({ needsAddress }) => needsAddress);
    },
    warn,
  };
}

function seenTwice(warn: Warn): Passage {
  const message = "the same guard saw one request twice and counted it once; mount it in one place";
  warn({ code: "MOUNTED_TWICE", message });
  return UNSEEN;
}
