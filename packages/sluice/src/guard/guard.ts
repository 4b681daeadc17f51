import { standingIn } from "../errors/standingIn.ts";
import type { Warn } from "../events/Warning.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { whenReady } from "../units/whenReady.ts";
import { listsAddresses } from "../rules/listsAddresses.ts";
import { checkFurther } from "./checkFurther.ts";
import { CountedRequests } from "./CountedRequests.ts";
import { decideRequest } from "./decideRequest.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import type { LimitedRule } from "./limitedRule.ts";
import { type Passage, UNSEEN } from "./Passage.ts";
import { readGuardOptions } from "./readGuardOptions.ts";
import { rulesInForce } from "./rulesInForce.ts";

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
  const { skip, warn, countCheck } = settings;
  const rules = rulesInForce(settings);
  const counted = new CountedRequests();
  const by = { settings, rules, counted };
  const further = settings.also.map((other, i) => standingIn(`also[${i}]`, () => guard(other)));
  const furtherNow = further.map((other) => other.checkNow);
  const furtherLater = further.map((other) => other.check);

  function checkUnseen(request: RequestInfo): Passage | Promise<Passage> {
    if (skip === undefined) return decideRequest(by, request);
    return whenReady(skip(request), (skips) => (skips ? UNSEEN : decideRequest(by, request)));
  }

  function checkNow(request: RequestInfo): Passage | Promise<Passage> {
    countCheck();
    const passage = counted.has(request.native) ? seenTwice(warn) : checkUnseen(request);
    if (further.length === 0) return passage;
    return whenReady(passage, (first) => checkFurther(furtherNow, first, request));
  }

  /** It is looked at now and counted later: so one native request that is sent several times at once is counted each time. */
  async function checkLater(request: RequestInfo): Promise<Passage> {
    countCheck();
    const isSeen = counted.has(request.native);
    await Promise.resolve();
    const passage = await (isSeen ? seenTwice(warn) : checkUnseen(request));
    return checkFurther(furtherLater, passage, request);
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
