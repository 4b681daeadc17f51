import type { LimitsInput } from "../algorithms/readLimits.ts";
import type { HeaderStyle } from "../headers/HeaderStyle.ts";
import type { EventStream } from "../events/EventStream.ts";
import type { Warning } from "../events/Warning.ts";
import type { Identity, IdentitySource } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { FAILURE_OPTIONS, type FailureOptions } from "../limiter/failure/FailureOptions.ts";
import type { Clients } from "../rules/Clients.ts";
import type { CountOnly } from "../rules/CountOnly.ts";
import type { OnLimit } from "../rules/OnLimit.ts";
import type { Rule } from "../rules/Rule.ts";
import type { RulesSource } from "../rules/RulesSource.ts";
import type { Store } from "../stores/Store.ts";
import type { GivenReply } from "../headers/Reply.ts";

/** What stands in for an identity that was not found. */
export type Instead = Identity | GivenReply | undefined;

/** The options of `rateLimit`, the same in every framework. */
export interface GuardOptions extends FailureOptions {
  /** Limits for every request, in place of `rules`. */
  limits?: LimitsInput | undefined;
  /**
   * One ordered list: the first rule whose path, method and group all fit decides. Or rules that change while the guard is
   * at work: `await fromFile("limits.json")` from `sluice/file`.
   */
  rules?: readonly Rule[] | RulesSource | undefined;
  /** Who is asking. A list is asked in order. Default `clientIp()`, which believes no forwarded header. */
  identify?: IdentitySource | readonly IdentitySource[] | undefined;
  /**
   * Further guards over the same request, each with an identity, limits and a store of its own: per API key and per address.
   * They are asked in order while the request passes; what the ones before have charged stays charged. Default none.
   */
  also?: readonly GuardOptions[] | undefined;
  /** Where state lives. Default: a memory store of its own. */
  store?: Store | undefined;
  /** Keeps two applications in one store apart: 1 to 64 printable ASCII characters. Default `"sluice"`. */
  namespace?: string | undefined;
  /** Stands before the default pools of the rules, to keep two guards on one store apart. Default: nothing. */
  name?: string | undefined;
  /** How limits are told to the client. Default `"draft-11"`. */
  headers?: HeaderStyle | undefined;
  /** Adds `pk`, a hash of the key, to the fields of draft-11. Default false. */
  partitionKey?: boolean | undefined;
  /** Adds `Access-Control-Expose-Headers`, so that scripts in a browser can read the fields. Default false. */
  exposeHeaders?: boolean | undefined;
  /** What a request costs under rules that do not say so themselves. Default 1. */
  cost?: Rule["cost"] | undefined;
  /** Lets a request pass unseen, before anything else is looked at. */
  skip?: ((request: RequestInfo) => boolean | Promise<boolean>) | undefined;
  /**
   * Who passes uncounted, whatever the rule. The address is the one that a `clientIp()` of `identify` finds, else that of
   * the peer: nothing forwarded is believed unless `clientIp` trusts the proxy. Default nobody.
   */
  allow?: Clients | undefined;
  /** Who is refused with 403, uncounted, also where `allow` has them. Default nobody. */
  deny?: Clients | undefined;
  /** Counts only requests that fail, or only those that succeed, under rules that do not say so themselves: see {@link Rule}. */
  countOnly?: CountOnly | undefined;
  /**
   * What is answered to a request over its limit: a reply, a status, `"pass"` (it goes on to its handler, which sees the
   * refusal in `decisionsOf`), or a function; see {@link OnLimit}. Default: 429 with a problem body.
   */
  onLimit?: OnLimit | undefined;
  /**
   * What happens to a request behind which nobody is found. `"throw"` (default): a `MISSING_IDENTITY` error goes the
   * framework's way. `"skip"`: it passes, uncounted. `"shared"`: all of them count as one. A function: an identity, or a
   * reply; undefined is `"throw"`.
   */
  onMissingIdentity?:
    | "throw"
    | "skip"
    | "shared"
    | ((request: RequestInfo) => Instead | Promise<Instead>)
    | undefined;
  /** What happens if an identity source throws: an identity or a reply; undefined (default) lets the error go the framework's way. */
  onIdentityError?: ((error: unknown, request: RequestInfo) => Instead | Promise<Instead>) | undefined;
  /**
   * Told once for each code: something odd about requests, such as a forwarded header from a peer that is not trusted, or
   * about the guard (`MOUNTED_TWICE`, `BUILT_PER_REQUEST`). Default: the console.
   */
  onWarning?: ((warning: Warning) => unknown) | undefined;
  /** Where its rules tell what happens: `eventStream()`. Those of `also` share it. Default nowhere. */
  events?: EventStream | undefined;
  /** Counts and decides, never refuses. Default false. */
  dryRun?: boolean | undefined;
}

/** The names of the options. */
export const GUARD_OPTIONS: readonly (keyof GuardOptions)[] = [
  "limits",
  "rules",
  "identify",
  "also",
  "store",
  "namespace",
  "name",
  "headers",
  "partitionKey",
  "exposeHeaders",
  "cost",
  "skip",
  "allow",
  "deny",
  "countOnly",
  "onLimit",
  "onMissingIdentity",
  "onIdentityError",
  "onWarning",
  "events",
  "dryRun",
  ...FAILURE_OPTIONS,
];
