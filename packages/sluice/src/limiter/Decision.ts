import type { AlgorithmName, Details } from "../algorithms/Limit.ts";

/** The answer of one limit. */
export interface LimitDecision {
  /** That was given; else `"default"` for a single limit, or its limit string. */
  readonly name: string;
  readonly algorithm: AlgorithmName;
  /** The cost fits this limit. It may still not have been charged, because another limit refused. */
  readonly allowed: boolean;
  /** It tells and never refuses. */
  readonly dryRun: boolean;
  /** What this call costs this limit. */
  readonly cost: number;
  /** The most that can be remaining. */
  readonly limit: number;
  /** The largest cost that would pass now; a whole number, at least 0. */
  readonly remaining: number;
  /** The window, or the time in which an empty bucket fills, in milliseconds. */
  readonly windowMs: number;
  /** Milliseconds until exactly this call passes if nobody else spends, to the microsecond; 0 if it does, Infinity if never. */
  readonly retryAfterMs: number;
  /** Milliseconds until `remaining` is `limit` again if nobody spends. */
  readonly resetAfterMs: number;
  /** The state in the words of the algorithm: `{ tokens: 3.5 }`. */
  readonly details: Details;
}

/** Why a decision is as it is. `"denied"`: the client is on the deny list of a rule; only guards decide so. */
export type Reason = "ok" | "limited" | "blocked" | "never" | "denied" | "store-error";

/** The answer to one call. Plain data: it can be logged, and sent as JSON (where Infinity becomes null). */
export interface Decision {
  /** The call may go ahead. */
  readonly allowed: boolean;
  /** As it was given; the keys of several subjects as JSON. */
  readonly key: string;
  /** The largest cost that any limit of this call was asked for. */
  readonly cost: number;
  /** Of the refusing limit with the longest wait, else of the limit with the smallest `remaining`. */
  readonly limit: number;
  /** Of the same limit: the largest cost that would pass now. */
  readonly remaining: number;
  /** Milliseconds, to the microsecond, counted from the instant of the decision; 0 when allowed, Infinity when it can never pass. */
  readonly retryAfterMs: number;
  /** Milliseconds until the limit that `limit` and `remaining` speak of is full again. */
  readonly resetAfterMs: number;
  /** Why; `"ok"` when allowed, but `"store-error"` where the policy `"open"` allows in place of the store. */
  readonly reason: Reason;
  /** Where the answer does not come from the store as it should; `false` is the rule. */
  readonly degraded: false | "local" | "open" | "closed" | "overflow";
  /** The store was not asked, because the key was just refused: see `deniedCache`. Otherwise absent. */
  readonly cached?: true;
  /** Every limit, in order. */
  readonly limits: readonly LimitDecision[];
}
