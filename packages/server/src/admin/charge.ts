import { type CompiledRule, ConfigurationError, type Decision, noLimit } from "sluice";
import type { RuleSet } from "../rules/RuleSet.ts";
import { findRule } from "../rules/findRule.ts";
import type { ConsumeCall } from "./ConsumeCall.ts";

/** What a call was charged to, and the answer. */
export interface Charge {
  /** The name of the rule; undefined for limits that came with the call. */
  readonly rule: string | undefined;
  readonly dryRun: boolean;
  /** Undefined for a rule without limits, and for a key on its allow list. */
  readonly decision: Decision | undefined;
}

/** Says nothing, but to costs that are none. */
const unlimited = noLimit();

/**
 * Charges a key to a rule, as a request would that the rule decides, or to limits of the call's own. A call comes from no
 * address, so of the lists of a rule those of keys hold.
 * @throws ConfigurationError, StoreError
 */
export async function charge(rules: RuleSet, call: ConsumeCall): Promise<Charge> {
  const { guard, names, adHoc } = rules;
  if (call.rule === undefined) {
    const limiter = adHoc.limiterFor(call.limits);
    const decision = await limiter.consume(call.key, { cost: call.cost });
    return { rule: undefined, dryRun: false, decision };
  }
  const index = findRule(names, call.rule);
  const limited = guard.rules[index];
  const { rule } = limited;
  const made = { rule: names[index], dryRun: rule.dryRun };
  const { key, cost, path } = call;
  const isPathWrong = rule.poolByPath !== (path !== undefined);
  if (rule.limits.length > 0 && isPathWrong) throw wrongPath(names[index], rule.poolByPath);
  const isDenied = isListed(rule.deny, key);
  if (isDenied || rule.limits.length === 0 || isListed(rule.allow, key)) {
    await unlimited.peek(key, { cost });
    return { ...made, decision: isDenied ? limited.deny({ key, group: "default" }).decision : undefined };
  }
  return { ...made, decision: await limited.consume(key, cost, path ?? "/") };
}

function isListed(clients: CompiledRule["allow"], key: string): boolean {
  return clients?.has(key, () => undefined) ?? false;
}

function wrongPath(name: string, isNeeded: boolean): ConfigurationError {
  const sentence = isNeeded
    ? "counts each path by itself: consume needs path"
    : "counts all its paths together: consume takes no path";
  return new ConfigurationError("INVALID_OPTION", `the rule ${name} ${sentence}`, { path: "path" });
}
