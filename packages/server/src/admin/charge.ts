import { ConfigurationError, type Decision } from "sluice";
import type { RuleSet } from "../rules/RuleSet.ts";
import { findRule } from "../rules/findRule.ts";
import type { ConsumeCall } from "./ConsumeCall.ts";

/** What a call was charged to, and the answer. */
export interface Charge {
  /** The name of the rule; undefined for limits that came with the call. */
  readonly rule: string | undefined;
  readonly dryRun: boolean;
  /** Undefined for a rule without limits. */
  readonly decision: Decision | undefined;
}

/**
 * Charges a key to a rule, as a request would that the rule decides, or to limits of the call's own.
 * @throws ConfigurationError, StoreError
 */
export async function charge(rules: RuleSet, call: ConsumeCall): Promise<Charge> {
  const { guard, names, adHoc } = rules;
  if (call.rule === undefined) {
    const limiter = adHoc.limiterFor(call.limits);
    const cost = call.cost === undefined ? {} : { cost: call.cost };
    return { rule: undefined, dryRun: false, decision: await limiter.consume(call.key, cost) };
  }
  const index = findRule(names, call.rule);
  const limited = guard.rules[index];
  const { rule } = limited;
  if (rule.limits.length === 0) return { rule: names[index], dryRun: rule.dryRun, decision: undefined };
  if (rule.poolByPath !== (call.path !== undefined)) throw wrongPath(names[index], rule.poolByPath);
  return {
    rule: names[index],
    dryRun: rule.dryRun,
    decision: await limited.consume(call.key, call.cost, call.path ?? "/"),
  };
}

function wrongPath(name: string, isNeeded: boolean): ConfigurationError {
  const sentence = isNeeded
    ? "counts each path by itself: consume needs path"
    : "counts all its paths together: consume takes no path";
  return new ConfigurationError("INVALID_OPTION", `the rule ${name} ${sentence}`, { path: "path" });
}
