import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { checkFieldNames } from "../headers/checkFieldNames.ts";
import { checkLabel } from "../errors/checkLabel.ts";
import { checkReachable } from "../rules/checkReachable.ts";
import { checkUnlimited } from "../rules/checkUnlimited.ts";
import { type CompiledRule, compileRule, type RuleDefaults } from "../rules/compileRule.ts";
import { checkCountOnly } from "../rules/CountOnly.ts";
import { readOnLimit } from "../rules/OnLimit.ts";
import { readClients } from "../rules/readClients.ts";
import type { Rule } from "../rules/Rule.ts";
import { isRulesSource } from "../rules/RulesSource.ts";
import type { GuardOptions } from "./GuardOptions.ts";

/**
 * The rules, or the one rule that `limits` stands for.
 * @param rules those of the options, or what they have changed to
 */
export function readRules(options: GuardOptions, rules: GuardOptions["rules"]): readonly CompiledRule[] {
  const { limits, headers } = options;
  if ((limits === undefined) === (rules === undefined)) {
    throw new ConfigurationError("INVALID_OPTION", "rateLimit takes either limits or rules", {
      path: "rules",
    });
  }
  const defaults = readDefaults(options);
  const compiled =
    rules === undefined
      ? [compileRule("rateLimit", { limits: limits! }, 0, defaults)]
      : compileRules(isRulesSource(rules) ? rules.current : rules, defaults);
  if (typeof headers !== "object") return compiled;
  for (const { index, names } of compiled)
    checkFieldNames(rules === undefined ? "rateLimit" : `rules[${index}]`, headers, names);
  return compiled;
}

function compileRules(rules: readonly Rule[], defaults: RuleDefaults): readonly CompiledRule[] {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw invalidOption("rateLimit", "rules", rules, "a list of at least one rule");
  }
  const compiled = rules.map((rule: Rule, i) => compileRule(`rules[${i}]`, rule, i, defaults));
  rules.forEach((rule: Rule, i) => checkUnlimited(`rules[${i}]`, rule));
  checkReachable(compiled);
  return compiled;
}

function readDefaults(options: GuardOptions): RuleDefaults {
  const { name, cost, dryRun, countOnly, onLimit } = options;
  if (name !== undefined) checkLabel("rateLimit", "name", name, 64);
  checkCountOnly("rateLimit", countOnly);
  return {
    name,
    cost,
    dryRun,
    countOnly,
    onLimit: readOnLimit("rateLimit", onLimit),
    ...readClients("rateLimit", options),
  };
}
