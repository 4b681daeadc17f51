import type { Metrics } from "../metrics/Metrics.ts";
import type { RuleSet } from "../rules/RuleSet.ts";
import type { Log } from "./Log.ts";
import type { StoreState } from "./StoreState.ts";

/** What answering a request needs. */
export interface Context {
  /** The rules in force. Ask once for each request. */
  readonly rules: () => RuleSet;
  /** Whether a peer is one of the trusted proxies. */
  readonly trusts: (remoteAddress: string | undefined) => boolean;
  readonly store: StoreState;
  readonly metrics: Metrics;
  readonly log: Log;
}
