import type { LimitsInput } from "../algorithms/readLimits.ts";
import type { StoreErrorPolicy } from "../events/LimiterEvent.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Cost } from "../limiter/Limiter.ts";
import type { Duration } from "../units/duration.ts";
import type { Clients } from "./Clients.ts";
import type { CountOnly } from "./CountOnly.ts";
import type { OnLimit } from "./OnLimit.ts";

/** When (path, method, group) and what then (limits, pool, cost, block). Plain data but for functions of the request. */
export interface Rule {
  /**
   * A segment pattern: `"/login"`, `"/user/:id"`, `"/towns/**"`, or a trusted RegExp, which runs from the start of the
   * path. Spelling does not matter: case, trailing slash, `//`, dots and percent-encoding. Default every path.
   */
  path?: string | RegExp | undefined;
  /** `"POST"`, or several; GET includes HEAD. Default every method. */
  method?: string | readonly string[] | undefined;
  /** The group of the identity, or several. Default every group. */
  group?: string | readonly string[] | undefined;
  /** What may pass. Without it the rule is unlimited: it ends the search, and nothing is counted. */
  limits?: LimitsInput;
  /**
   * The counters that the rule spends from. Rules with the same pool share them. `"path"`: each concrete path has its
   * own. Default: the path pattern and the methods, so one for the rule, whatever the concrete path or the group.
   */
  pool?: string | undefined;
  /** What a request costs: a whole number, a number by limit name, or a function of the request. Default 1. */
  cost?: (Cost | ((request: RequestInfo) => Cost | Promise<Cost>)) | undefined;
  /** Lets a request pass uncounted, before the lists are looked at. The rule decides all the same. Default: none. */
  skip?: ((request: RequestInfo) => boolean | Promise<boolean>) | undefined;
  /** Who passes uncounted, beside those of the guard. Default nobody. */
  allow?: Clients | undefined;
  /** Who is refused with 403, uncounted, also where `allow` has them; beside those of the guard. Default nobody. */
  deny?: Clients | undefined;
  /**
   * Counts only requests that fail, or only those that succeed. Such a request is charged after its answer, and refused
   * beforehand if it would not pass; requests that are under way are not counted yet. Default: what the guard says.
   */
  countOnly?: CountOnly | undefined;
  /** What is answered to a refused request. Default: what the guard says. */
  onLimit?: OnLimit | undefined;
  /** A refused key stays refused for this long. Further tries do not prolong it. Default: it does not. */
  blockFor?: Duration | undefined;
  /**
   * What a blocked key is kept from: every limited rule of the namespace (`"namespace"`, the default), the rules of this
   * `"pool"`, or this `"rule"`. Rules with a narrower scope have blocks of their own and are not covered by others'.
   */
  blockScope?: "namespace" | "pool" | "rule" | undefined;
  /** What answers in place of a store that fails: see the guard's option. Default: what the guard says. */
  onStoreError?: StoreErrorPolicy | undefined;
  /** How long a request waits for the store, in whole milliseconds. Default: what the guard says. */
  timeoutMs?: number | undefined;
  /** Counts and tells the application, never the client, and never refuses. Default false. */
  dryRun?: boolean | undefined;
}

/** The names of the options of a rule. */
export const RULE_OPTIONS: readonly (keyof Rule)[] = [
  "path",
  "method",
  "group",
  "limits",
  "pool",
  "cost",
  "skip",
  "allow",
  "deny",
  "countOnly",
  "onLimit",
  "blockFor",
  "blockScope",
  "onStoreError",
  "timeoutMs",
  "dryRun",
];
