import { guard, type Guard, type GuardOptions, type LimitedRule, type Store } from "sluice";
import type { RulesOptions } from "../file/readRules.ts";
import { AdHocLimiters } from "./AdHocLimiters.ts";
import { storeView } from "./storeView.ts";

/** All that one version of a rules file makes. A reload puts another in its place; requests in flight keep theirs. */
export interface RuleSet {
  readonly guard: Guard;
  readonly options: RulesOptions;
  /** How metrics and programs call each rule: `POST /login`, or `* /towns/** [admin]` where a group is asked for. */
  readonly names: readonly string[];
  readonly adHoc: AdHocLimiters;
}

/** @throws ConfigurationError if the store cannot do what the rules ask */
export function makeRuleSet(
  options: RulesOptions,
  store: Store,
  listeners: Required<Pick<GuardOptions, "onWarning" | "onEvent">>,
): RuleSet {
  const made = guard({ ...options, ...listeners, store: storeView(store) });
  return {
    guard: made,
    options,
    names: made.rules.map(({ rule }) => nameOf(rule)),
    adHoc: new AdHocLimiters(store, options, listeners.onEvent),
  };
}

function nameOf({ text, groups }: LimitedRule["rule"]): string {
  return groups === undefined ? text : `${text} [${[...groups].join(",")}]`;
}
